// The invitation in the address, behind the `#` that no browser sends. It is taken out of the address as
// soon as it is read, so that it stays in no history.

const PLACE = /^#\/invitation\/(.+)$/

let read: string | undefined

export function invitationIn(): string | undefined {
  const token = PLACE.exec(window.location.hash)?.[1]
  if (token === undefined) return read
  window.history.replaceState(null, '', window.location.pathname)
  read = decodeURIComponent(token)
  return read
}
