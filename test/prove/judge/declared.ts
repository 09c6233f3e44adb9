// The declarations of a FHIR server as sets of plain strings, so that two of them can be compared
// member by member. Leaves out what cannot be equal: hosts, dates, documentation.

/** Types, interactions, parameters, includes and operations of a CapabilityStatement. */
export function statementSets(statement: unknown): Set<string> {
  const members = new Set<string>()
  const root = record(statement)
  for (const format of list(root.format)) members.add(`format ${format}`)
  for (const guide of list(root.instantiates)) members.add(`instantiates ${guide}`)
  members.add(`fhirVersion ${root.fhirVersion}`)
  members.add(`software ${record(root.software).name} ${record(root.software).version}`)
  for (const rest of list(root.rest).map(record)) {
    for (const operation of list(rest.operation).map(record))
      members.add(`operation ${operation.name} ${operation.definition}`)
    for (const resource of list(rest.resource).map(record)) addType(members, resource)
  }
  return members
}

function addType(members: Set<string>, resource: Record<string, unknown>): void {
  const { type } = resource
  members.add(`type ${type}`)
  for (const interaction of list(resource.interaction).map(record))
    members.add(`${type} interaction ${interaction.code}`)
  for (const parameter of list(resource.searchParam).map(record))
    members.add(`${type} parameter ${parameter.name} ${parameter.type}`)
  for (const include of list(resource.searchInclude)) members.add(`${type} include ${include}`)
  for (const include of list(resource.searchRevInclude))
    members.add(`${type} revinclude ${include}`)
  for (const operation of list(resource.operation).map(record))
    members.add(`${type} operation ${operation.name}`)
}

/** Grant types, methods, scopes and capabilities of a smart-configuration, and its members' names. */
export function smartConfigurationSets(configuration: unknown): Set<string> {
  const members = new Set<string>()
  for (const [name, value] of Object.entries(record(configuration))) {
    members.add(`member ${name}`)
    for (const one of list(value)) members.add(`${name} ${one}`)
  }
  return members
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
