// The door of the REST face.

export { createHttpFace, type HttpFaceOptions } from './face.ts'
