// The gate's door: permits under the vendor's budget, and the one way out of the process. It knows
// nothing of FHIR, tokens or patients. Its tables: budget_minutes, vendor_clocks.

export { createGate, type GateOptions } from './gate.ts'
export { DEFAULT_LIMITS, type GateLimits } from './limits.ts'
export type { RecentCall } from './recent-calls.ts'
export type { BudgetView, CountedMinute, Gate } from './types.ts'
