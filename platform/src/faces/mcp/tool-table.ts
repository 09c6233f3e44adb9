// Which operations agents have as tools, and of each why, how little, or why not. An operation that
// only reads and stands in neither column fails a test, so that none is offered or kept back unseen.

interface ToolEntry {
  /** The elements of each item that answer the usual question; undefined: all of them. */
  readonly fields?: readonly string[]
  /** Sentences for the agent, beside the operation's summary. */
  readonly says?: readonly string[]
}

/** By operation: how it is offered; a text tells why it is not. */
export const TOOL_TABLE: Readonly<Record<string, ToolEntry | string>> = {
  'practices.list': { says: ['Most tools take the id of a practice from here'] },
  'counts.read': {},
  'changes.list': {
    says: ['Changes have before and after by field; go on with `next` as `after`'],
  },
  'freshness.list': { says: ['Tells how old what you read may be'] },
  'budget.read': {},
  'sync.read': {},
  'problems.list': 'for those who run the installation, not for agents',
  'resources.list': 'whole FHIR resources are more than an agent needs to know',
  'resources.read': 'whole FHIR resources are more than an agent needs to know',
  'jwks.read': 'keys are for programs that check signatures',
  'errors.read': 'each error carries its cause and cure already',
  'health.live': 'for those who run the installation, not for agents',
  'health.ready': 'for those who run the installation, not for agents',
  'health.read': 'for those who run the installation, not for agents',
}
