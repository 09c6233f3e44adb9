// The house rules that neither the compiler, the linter nor the walls can see, as functions from a
// file's path and text to faults. It knows nothing of the disk; tidy.test.ts runs it over the tree.

/** A rule about one line: what is banned, what to do instead, and the files that may do it. */
type LineRule = Readonly<{
  name: string
  pattern: RegExp
  advice: string
  in: RegExp
  except?: RegExp
  /** Looks at comments too; by default only code counts. */
  comments?: true
}>

/** A file longer than this has two things in it. */
export const LINES_MAX = 500
/** Printed by a program and held to its source by a test: nobody reads it from end to end. */
const PRINTED = /^client\/src\/generated\.ts$/

const CODE = /\.(ts|tsx|mts|js|cjs|mjs)$/
const TEXT = /\.(ts|tsx|mts|js|cjs|mjs|json|md|sql|sh|yml|yaml|txt|csv)$|^\.ci\/run$|(^|\/)\.npmrc$/
/** Programs and tests at the edge: they may touch the world directly. */
const EDGE = String.raw`^(client|recipes|scripts|bench|test)\/|\.test\.tsx?$|\/bin\/`
const owners = (...files: string[]): RegExp => new RegExp([EDGE, ...files].join('|'))
/** Runs in a browser: it has no port but the browser's own. */
const BROWSER = String.raw`^sandbox\/src\/page\/page\.js$`
/** The rules spell out what they ban. */
const RULES_THEMSELVES = /^test\/tidy(\.test)?\.ts$/

/** The page's own clock and timers, in the one file of the console that reads them. */
const BROWSER_CLOCK = String.raw`^console\/src\/api\/wall\.ts$`
const KERNEL = String.raw`^platform\/src\/kernel\/`
const LINE_RULES: readonly LineRule[] = [
  {
    name: 'clock',
    pattern:
      /\bDate\.now\b|\bnew Date(\(\)|\b(?!\())|\bperformance\.now\b|\bTemporal\.Now\b|\bhrtime\b/,
    advice: 'take a Clock',
    in: CODE,
    except: owners(
      `${KERNEL}clock\\.ts$`,
      String.raw`^sandbox\/src\/(clock|main)\.ts$`,
      BROWSER_CLOCK,
    ),
  },
  {
    name: 'randomness',
    pattern: /\bMath\.random\b|\brandom(UUID|Bytes|Int|Fill|FillSync)\(|\bgetRandomValues\(/,
    advice: 'take a Random',
    in: CODE,
    except: owners(`${KERNEL}random\\.ts$`, String.raw`^sandbox\/src\/(random|main)\.ts$`),
  },
  {
    name: 'environment',
    pattern: /\bprocess\.env\b/,
    advice: 'read it in config.ts',
    in: CODE,
    except: owners(
      String.raw`^platform\/src\/config\.ts$`,
      String.raw`^sandbox\/src\/main\.ts$`,
      String.raw`^console\/vite\.config\.ts$`,
    ),
  },
  {
    name: 'timer',
    pattern:
      /\bset(Timeout|Interval|Immediate)\(|['"](node:)?timers(\/promises)?['"]|\bAbortSignal\.timeout\b/,
    advice: 'wait on the Clock',
    in: CODE,
    except: owners(
      `${KERNEL}(clock|virtual-clock|network)\\.ts$`,
      String.raw`^sandbox\/src\/(clock|main|listener)\.ts$`,
      BROWSER_CLOCK,
      BROWSER,
    ),
  },
  {
    name: 'console',
    pattern: /\bconsole\.\w+/,
    advice: 'use the allow-list log, or hand the line back to the caller',
    in: CODE,
    except: owners(String.raw`^(sandbox|platform)\/src\/main\.ts$`),
  },
  {
    name: 'fetch',
    pattern: /(?<![.\w])fetch\(|\bglobalThis\.fetch\b/,
    advice: 'go out through the network port',
    in: CODE,
    except: owners(
      `${KERNEL}network\\.ts$`,
      String.raw`^sandbox\/src\/(main|listener)\.ts$`,
      BROWSER,
    ),
  },
  {
    name: 'enum',
    pattern: /^\s*(export\s+)?(declare\s+)?(const\s+)?enum\s+\w/,
    advice: 'use a literal union',
    in: CODE,
  },
  { name: 'any', pattern: /\bas any\b(?!\s+[a-z])/, advice: 'write a guard', in: CODE },
  {
    name: 'only',
    pattern: /\b(test|it|describe)(\.\w+)*\.only\b/,
    advice: 'run them all',
    in: CODE,
  },
  {
    name: 'silenced',
    pattern:
      /@ts-(ignore|nocheck)|@ts-expect-error\s*$|biome-ignore(?![^:]*:\s*\S)|eslint-disable(?!.*--\s*\S)/,
    advice: 'mend it, or say why it is right',
    in: CODE,
    comments: true,
  },
  {
    name: 'unfinished',
    pattern: /\b(FIXME|TODO|XXX)\b/,
    advice: 'finish it',
    in: TEXT,
    comments: true,
  },
  {
    name: 'machine path',
    pattern: /(^|[\s"'`(=:])(\/(home|Users|root|work|tmp|mnt)\/[\w.-]|[A-Z]:\\\\?Users)/,
    advice: 'name no place of one machine',
    in: TEXT,
    comments: true,
  },
  {
    name: 'registry host',
    pattern:
      /"resolved": "https?:|(?<![\w-])registry\.[\w-]+\.\w+|^\s*registry\s*=|\b(artifactory|verdaccio)\b/i,
    advice: 'name no registry host',
    in: TEXT,
    comments: true,
  },
  {
    name: 'workplace',
    pattern:
      /\bissue #?\d+\b|\b(the|our|my) brief\b|\bshared\/(?!data\b|vendor\/captures\b)[a-z-]+\/|\bsub-?agents?\b/i,
    advice: 'give the reason, not where the work was talked about',
    in: TEXT,
    comments: true,
  },
]

const ROOMS = [
  'kernel',
  'db',
  'ledger',
  'backup',
  'practice',
  'people',
  'views',
  'gate',
  'pathways',
  'mirror',
  'sync',
  'launches',
  'commands',
  'offboarding',
  'watch',
  'support',
  'operations',
  'faces',
]
const HAS_ROOM = new RegExp(
  `^platform/src/((${ROOMS.join('|')})/|(index|main|config|compose)(\\.test)?\\.ts$)`,
)
const VAGUE = /(^|\/)(utils?|common|helpers?|misc|shared|manager|services?)(\.[\w.]+|\/)/i

function codeOf(line: string): string {
  return line.replace(/^\s*(\/\/|\*|\/\*).*$/, '').replace(/\s\/\/ .*$/, '')
}

function lineFaults(path: string, text: string): string[] {
  const rules = LINE_RULES.filter(
    (rule) => rule.in.test(path) && !rule.except?.test(path) && !RULES_THEMSELVES.test(path),
  )
  return text.split('\n').flatMap((line, index) => {
    const code = codeOf(line)
    return rules
      .filter((rule) => rule.pattern.test(rule.comments ? line : code))
      .map((rule) => `${path}:${index + 1}: ${rule.name}: ${rule.advice}`)
  })
}

const OPENS: readonly [RegExp, RegExp][] = [
  [CODE, /^(#!.*\n)?\s*(\/\/|\/\*)/],
  [/\.sql$/, /^\s*--/],
  [/\.sh$|^\.ci\/run$/, /^(#!.*\n)?#(?!!)/],
]

function shapeFaults(path: string, text: string): string[] {
  const faults: string[] = []
  const lines = text.split('\n').length - 1
  if (CODE.test(path) && !PRINTED.test(path) && lines > LINES_MAX)
    faults.push(`${path}: length: ${lines} lines, keep under ${LINES_MAX}`)
  if (OPENS.some(([files, opening]) => files.test(path) && !opening.test(text)))
    faults.push(`${path}: opening: say first what this file is and what it does not do`)
  if (path.startsWith('platform/src/') && !HAS_ROOM.test(path))
    faults.push(`${path}: room: every file of the platform stands in a room`)
  if (CODE.test(path) && VAGUE.test(path))
    faults.push(`${path}: name: call it after the thing inside`)
  return faults
}

/** All faults of one file, each as `path[:line]: rule: advice`. */
export function faultsIn(path: string, text: string): string[] {
  return [...shapeFaults(path, text), ...lineFaults(path, text)]
}

/** The files these rules look into. */
export const LOOKED_AT: RegExp = TEXT

/**
 * Rooms on the disk which have files and no door. The kernel is vocabulary and has none; pathways and
 * faces are rows of rooms.
 */
export function doorlessRooms(paths: readonly string[]): string[] {
  const known = new Set(paths)
  const rooms = new Set<string>()
  for (const path of paths) {
    const room = /^platform\/src\/((?:pathways|faces)\/[^/]+|[^/]+)\/[^/]+/.exec(path)?.[1]
    if (room && room !== 'kernel' && room !== 'pathways') rooms.add(room)
  }
  return [...rooms].filter((room) => !known.has(`platform/src/${room}/index.ts`))
}

/**
 * Documents named in the text, by link or in capitals (`LIKE-THIS.md`), that do not exist. `has`
 * answers for a path from the root.
 */
export function deadNames(path: string, text: string, has: (path: string) => boolean): string[] {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : ''
  const resolve = (target: string) => new URL(target, `file:///${folder}`).pathname.slice(1)
  const faults: string[] = []
  if (path.endsWith('.md'))
    for (const match of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      const target = (match[1] ?? '').replace(/#.*$/, '')
      if (target === '' || /^[a-z]+:/.test(target)) continue
      if (!has(decodeURIComponent(resolve(target))))
        faults.push(`${path}: link: ${target} is not there`)
    }
  for (const match of text.matchAll(/(?<![\w/-])([A-Z][A-Z-]{3,}\.md)\b/g)) {
    const name = match[1] ?? ''
    if (!has(name) && !has(`${folder}${name}`))
      faults.push(`${path}: document: ${name} is not there`)
  }
  return faults
}
