// `npm start`: a living sandbox practice and a platform that mirrors it, over real HTTP, with one clock
// that runs faster than the wall's. The sandbox lives in this process, the platform in a child.

import { startingTime } from './start/clock-file.ts'
import { connectPractice, practiceId } from './start/connect.ts'
import { buildConsole } from './start/console-build.ts'
import { startPlatformProcess } from './start/platform-process.ts'
import { showFirstSync } from './start/progress.ts'
import { startSandbox } from './start/sandbox.ts'
import { type Settings, settingsFrom } from './start/settings.ts'
import { goodbye, Stopwatch, setUpWords, whatToTry } from './start/words.ts'

process.exitCode = await main()

async function main(): Promise<number> {
  const settings = settingsFrom(process.env)
  if (typeof settings === 'string') {
    console.error(settings)
    return 2
  }
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => stop.abort(new Error(signal)))
  try {
    await run(settings, stop.signal)
    return 0
  } catch (error) {
    if (stop.signal.aborted) return 0
    console.error(`\n${error instanceof Error ? error.message : String(error)}`)
    return 1
  }
}

async function run(settings: Settings, signal: AbortSignal): Promise<void> {
  const watch = new Stopwatch()
  const time = await startingTime(settings)
  console.log(`Chartway with a sandbox practice of ${settings.patients} patients.`)
  console.log(`Its clock runs ${settings.timeScale} times faster than yours.\n`)
  await using sandbox = await startSandbox(settings, time)
  watch.say('sandbox', `${sandbox.url}/fhir/r4/${settings.practiceCode}`)
  const built = await buildConsole()
  watch.say('console', built ? 'built' : 'was built before')
  await using platform = await startPlatformProcess(settings, time, signal)
  watch.say('platform', platform.url)
  await using _clock = time.keep()
  sandbox.activate(`${platform.url}/jwks/${platform.organization}.json`)
  const fresh = await connectPractice(platform, settings, sandbox.url)
  watch.say('practice', fresh ? `${practiceId} connected` : `${practiceId} was connected before`)
  console.log(`\n${setUpWords(platform)}`)
  await showFirstSync({ platform, watch, signal, timeScale: settings.timeScale })
  if (!signal.aborted) console.log(whatToTry(platform, sandbox))
  await Promise.race([aborted(signal), platform.ended])
  if (!signal.aborted) throw new Error(`The platform has ended; see ${platform.logPath}`)
  console.log(goodbye)
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
