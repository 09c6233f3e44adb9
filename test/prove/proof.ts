// What a proof is: a scenario with a judge, figures with floors, and a verdict that can be no.

/** Figures by name; a figure is printed with its denominator beside it. */
export type Figures = Readonly<Record<string, unknown>>

/** One thing that must hold for the proof to be passed. */
export interface Check {
  readonly what: string
  readonly ok: boolean
  /** What was found, short: a count, a first example by position; never a patient's data. */
  readonly found?: string | number
}

export interface ProofResult {
  readonly checks: readonly Check[]
  readonly figures: Figures
  /** Set when the proof could not be run here; then nothing was shown. */
  readonly skipped?: string
}

export interface ProofOptions {
  /** Smaller numbers, never fewer kinds of trouble. */
  readonly quick: boolean
  readonly seed: number
  /** Switches one protection off, to show that the proof can fail. */
  readonly mutant?: string
  /** Progress for a person; goes to standard error. */
  say(line: string): void
}

export interface Proof {
  readonly name: string
  /** What it shows, in one sentence. */
  readonly shows: string
  /** Protections that can be switched off; with any of them the proof must turn red. */
  readonly mutants: readonly string[]
  run(options: ProofOptions): Promise<ProofResult>
}

export function check(what: string, ok: boolean, found?: string | number): Check {
  return found === undefined ? { what, ok } : { what, ok, found }
}

/** At least so many: a floor below which nothing was shown. */
export function floor(what: string, found: number, least: number): Check {
  return { what: `${what} at least ${least}`, ok: found >= least, found }
}

/** None wanted. */
export function none(what: string, found: readonly string[]): Check {
  return {
    what: `no ${what}`,
    ok: found.length === 0,
    found: found.length === 0 ? 0 : `${found.length}, first: ${found.slice(0, 3).join('; ')}`,
  }
}
