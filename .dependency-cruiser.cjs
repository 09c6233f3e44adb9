// The walls of the house. Each room lists the rooms it may look into; nothing else is visible.
// A new arrow is a design decision: it gets a commit of its own with the reason.
const SRC = '^platform/src/'
const MAY = {
  kernel: [],
  db: ['kernel'],
  ledger: ['kernel', 'db'],
  backup: ['kernel', 'db', 'ledger'],
  practice: ['kernel', 'db', 'ledger'],
  people: ['kernel', 'db', 'ledger', 'practice'],
  views: ['kernel'],
  gate: ['kernel', 'db', 'ledger', 'practice'],
  pathways: ['kernel'],
  mirror: ['kernel', 'db', 'ledger', 'practice'],
  sync: ['kernel', 'db', 'ledger', 'practice', 'gate', 'mirror', 'contract'],
  launches: ['kernel', 'db', 'ledger', 'practice', 'gate', 'contract'],
  offboarding: ['kernel', 'db', 'ledger'],
  watch: ['kernel', 'practice', 'gate', 'sync'],
  support: ['kernel', 'db'],
  commands: ['kernel', 'db', 'ledger', 'backup', 'offboarding', 'practice', 'support'],
  operations: [
    'kernel',
    'ledger',
    'practice',
    'people',
    'views',
    'gate',
    'mirror',
    'sync',
    'launches',
  ],
  faces: ['kernel', 'operations'],
}
const OPEN = ['kernel'] // vocabulary: imported file by file; all other rooms only through index.ts
const door = (room) =>
  room === 'contract'
    ? `${SRC}pathways/contract\\.ts$`
    : OPEN.includes(room)
      ? `${SRC}${room}/`
      : `${SRC}${room}/index\\.ts$`

const rooms = Object.entries(MAY).map(([room, below]) => ({
  name: `room-${room}`,
  comment: `${room} may import only: ${below.join(', ') || 'nothing'}`,
  severity: 'error',
  from: { path: `${SRC}${room}/`, pathNot: '\\.test\\.ts$' },
  to: { path: SRC, pathNot: [`${SRC}${room}/`, ...below.map(door)] },
}))
const forbid = (name, from, to) => ({ name, severity: 'error', from, to })

module.exports = {
  forbidden: [
    ...rooms,
    forbid(
      'pathways-are-strangers',
      { path: `${SRC}pathways/([^/]+)/` },
      { path: `${SRC}pathways/[^/]+/`, pathNot: `${SRC}pathways/$1/` },
    ),
    forbid(
      'only-store-touches-db',
      {
        path: SRC,
        pathNot: ['/store\\.ts$', '\\.test\\.ts$', `${SRC}db/`, `${SRC}(index|main|compose)\\.ts$`],
      },
      { path: `${SRC}db/`, dependencyTypesNot: ['type-only'] }, // a factory may name what it hands on
    ),
    forbid(
      'only-pathways-speak-wire',
      { path: SRC, pathNot: `${SRC}pathways/` },
      { path: '^codecs/src/(hl7v2|x12|flat)/' },
    ),
    forbid(
      'codecs-are-pure',
      { path: '^codecs/src/', pathNot: '\\.test\\.ts$' },
      { pathNot: '^codecs/src/' },
    ),
    forbid(
      'codecs-are-strangers',
      { path: '^codecs/src/([^/]+)/' },
      { path: '^codecs/src/', pathNot: '^codecs/src/$1/' },
    ),
    forbid(
      'sandbox-shares-only-codecs',
      { path: '^sandbox/' },
      { path: '^(platform|client|test|scripts|bench)/' },
    ),
    forbid(
      'platform-never-sees-sandbox',
      { path: '^platform/', pathNot: '\\.test\\.ts$' },
      { path: '^(sandbox|client|test|scripts|bench)/' },
    ),
    forbid(
      'client-knows-only-the-api',
      { path: '^client/' },
      { path: '^(platform|sandbox|codecs|test|scripts|bench)/' },
    ),
    forbid(
      'recipes-know-only-the-client',
      { path: '^recipes/' },
      { path: '^(platform|sandbox|codecs|console|test|scripts|bench)/' },
    ),
    forbid(
      'console-knows-only-the-client',
      { path: '^console/', pathNot: '\\.test\\.tsx?$' },
      { path: '^(platform|sandbox|codecs|scripts|test|bench)/|^client/src/(?!index\\.ts$)' },
    ),
    forbid(
      'judges-import-neither-platform-nor-codecs',
      { path: '^test/prove/judge/' },
      { path: '^(platform|codecs|client|sandbox)/' },
    ),
    forbid('no-cycle', {}, { circular: true }),
    forbid(
      'declared-deps-only',
      { path: '/src/', pathNot: '\\.test\\.ts$' },
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'] },
    ),
    forbid('resolves', {}, { couldNotResolve: true }),
    forbid(
      'no-orphan',
      {
        orphan: true,
        pathNot: [
          '\\.test\\.ts$',
          '\\.d\\.ts$',
          '/index\\.ts$',
          '\\.config\\.',
          '\\.setup\\.ts$',
          'dist/',
          'package\\.json$',
          '\\.json$',
          '/bin/',
          '^test/off-the-shelf-agent\\.ts$', // a program of its own, started by a test
          '^sandbox/src/page/page\\.js$', // a browser loads it
          '^scripts/docs/assets/', // and these
        ],
      },
      {},
    ),
  ],
  options: {
    doNotFollow: { path: ['node_modules'] },
    exclude: { path: '/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'default'],
    },
  },
}
