// Which operations agents have as tools, and of each why, how little, or why not. An operation that
// only reads and stands in neither column fails a test, so that none is offered or kept back unseen.

interface ToolEntry {
  /** The elements of each item that answer the usual question; undefined: all of them. */
  readonly fields?: readonly string[]
  /** Sentences for the agent, beside the operation's summary. */
  readonly says?: readonly string[]
}

/** Of each unified object: the fields that answer the usual question. */
const OBJECT_FIELDS: Readonly<Record<string, readonly string[]>> = {
  patients: ['id', 'name', 'identifiers', 'gender', 'birthDate', 'contacts', 'facilities'],
  providers: ['id', 'name', 'npi', 'active', 'roles'],
  'clinical-staff': ['id', 'name', 'active', 'roles'],
  facilities: ['id', 'name', 'status', 'address', 'contacts'],
  appointments: [
    'id',
    'status',
    'start',
    'end',
    'day',
    'patient',
    'provider',
    'facility',
    'visitType',
    'mode',
    'reasons',
  ],
  encounters: [
    'id',
    'status',
    'class',
    'period',
    'patient',
    'provider',
    'facility',
    'reasons',
    'diagnoses',
    'notes',
  ],
  problems: ['id', 'patient', 'code', 'clinicalStatus', 'onset', 'recordedDate'],
  allergies: ['id', 'patient', 'code', 'clinicalStatus', 'criticality', 'reactions'],
  medications: ['id', 'patient', 'medication', 'status', 'dosages', 'authoredOn'],
  prescriptions: [
    'id',
    'patient',
    'medication',
    'status',
    'dosages',
    'quantity',
    'refills',
    'authoredOn',
    'prescriber',
  ],
  immunizations: ['id', 'patient', 'vaccine', 'status', 'occurrence'],
  vitals: ['id', 'patient', 'code', 'value', 'components', 'effective'],
  'lab-orders': ['id', 'patient', 'code', 'status', 'orderStatus', 'authoredOn', 'requester'],
  'lab-results': [
    'id',
    'patient',
    'code',
    'value',
    'interpretations',
    'referenceRanges',
    'effective',
    'status',
  ],
  'diagnostic-reports': ['id', 'patient', 'code', 'status', 'effective', 'conclusion', 'results'],
  procedures: ['id', 'patient', 'code', 'status', 'performed'],
  documents: ['id', 'patient', 'type', 'title', 'date', 'sign', 'encounters'],
  coverages: ['id', 'patient', 'status', 'type', 'order', 'payers', 'plan', 'eligibilityStatus'],
  referrals: ['id', 'patient', 'code', 'status', 'priority', 'authoredOn', 'requester'],
  'care-plans': ['id', 'patient', 'title', 'description', 'status', 'period'],
  'care-teams': ['id', 'patient', 'name', 'status', 'members'],
  goals: ['id', 'patient', 'description', 'status', 'targets'],
  devices: ['id', 'patient', 'type', 'status'],
  'charge-items': ['id', 'patient', 'code', 'status', 'occurrence', 'quantity', 'price'],
}

const OBJECTS: Readonly<Record<string, ToolEntry | string>> = Object.fromEntries(
  Object.entries(OBJECT_FIELDS).flatMap(([object, fields]): [string, ToolEntry | string][] => [
    [`${object}.list`, { fields }],
    [`${object}.read`, {}],
    [`${object}.history`, 'histories are for people who look into one record'],
  ]),
)

/** By operation: how it is offered; a text tells why it is not. */
export const TOOL_TABLE: Readonly<Record<string, ToolEntry | string>> = {
  ...OBJECTS,
  'documents.content': 'base64 of a whole document is more than an agent can use',
  'practices.list': { says: ['Most tools take the id of a practice from here'] },
  'counts.read': {},
  'changes.list': {
    says: ['Changes have before and after by field; go on with `next` as `after`'],
  },
  'sessions.read': 'sessions are of people who sign in, not of agents',
  'sessions.list': 'sessions are of people who sign in, not of agents',
  'users.list': 'for those who look after accounts, not for agents',
  'audit.list': 'for those who run the installation, not for agents',
  'clients.list': 'for those who look after applications, not for agents',
  'keys.list': 'for those who look after keys, not for agents',
  'changes.stream': 'agents ask when they want to know; nothing is pushed to them',
  'freshness.list': { says: ['Tells how old what you read may be'] },
  'budget.read': {},
  'sync.read': {},
  'calls.list': 'for those who run the installation, not for agents',
  'patients.search': 'the list of patients under another address',
  'practices.retention': 'for those who run the installation, not for agents',
  'launches.list': "a person's own sign-in at the vendor is not for agents",
  'launches.read': "a person's own sign-in at the vendor is not for agents",
  'launches.resource': "a person's own sign-in at the vendor is not for agents",
  'sync.problems': 'for those who run the installation, not for agents',
  'resources.list': 'whole FHIR resources are more than an agent needs to know',
  'resources.read': 'whole FHIR resources are more than an agent needs to know',
  'jwks.read': 'keys are for programs that check signatures',
  'errors.read': 'each error carries its cause and cure already',
  'health.live': 'for those who run the installation, not for agents',
  'health.ready': 'for those who run the installation, not for agents',
  'health.read': 'for those who run the installation, not for agents',
}
