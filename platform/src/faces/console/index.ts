// The door of the console's face.

export { type ConsoleFiles, registerConsole } from './serve.ts'
