// The browser's own clock and timers: the only file of the console that reads them. Ages are told by
// the installation's clock, which may run faster; see installation-clock.ts.

/** Epoch ms of the browser's clock. */
export function wallNow(): number {
  return Date.now()
}

/** Calls back every so many wall ms; gives the way to stop it. */
export function every(ms: number, call: () => void): () => void {
  const timer = setInterval(call, ms)
  return () => clearInterval(timer)
}

/** Calls back once after so many wall ms; gives the way to stop it. */
export function after(ms: number, call: () => void): () => void {
  const timer = setTimeout(call, ms)
  return () => clearTimeout(timer)
}
