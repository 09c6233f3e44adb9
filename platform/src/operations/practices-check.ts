// The doctor: checks a practice's connection step by step and says what is wrong and what to do.

import { z } from 'zod'
import { actorOf, practiceOf } from './context.ts'
import { practiceField } from './fields.ts'
import { operation } from './operation.ts'

/** More than any check finds; a pathway that goes on for ever is cut here. */
const FINDINGS_MAX = 200

const findingField = z.object({
  check: z.enum(['address', 'clock', 'metadata', 'token', 'scopes', 'activation', 'read']),
  ok: z.boolean(),
  code: z.string().nullable(),
  says: z.string(),
  fix: z.string().nullable(),
})
type Shown = z.input<typeof findingField>

export const practicesCheck = operation({
  name: 'practices.check',
  summary:
    'Check the connection to a practice: address, clock, metadata, token, scopes, activation',
  need: 'settings',
  input: z.strictObject({ practice: practiceField.unwrap() }),
  output: z.object({
    ok: z.boolean(),
    findings: z.array(findingField),
  }),
  run: async (context, { practice }) => {
    const ref = await practiceOf(context, practice)
    await context.ledger.append(context.principal.organization, {
      at: context.clock.now(),
      actor: actorOf(context),
      action: 'practices.check',
      practice: ref.practice,
      subject: `Practice/${ref.practice}`,
      outcome: 'success',
    })
    const findings: Shown[] = []
    for await (const { check, ok, code, says, fix } of context.sync.check(ref)) {
      findings.push({ check, ok, code: code ?? null, says, fix: fix ?? null })
      if (findings.length >= FINDINGS_MAX) break
    }
    return { ok: findings.every((finding) => finding.ok), findings }
  },
})
