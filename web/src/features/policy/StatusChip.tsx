import { useLang } from '@/i18n'
import { OutcomeShape, type OutcomeName } from '@/pattern/outcome/Outcome'
import type { Standing, Status } from './model'

const SHAPE: Record<Status, OutcomeName> = { in_force: 'eligible', draft: 'simulation_only', expired: 'expired', not_in_force: 'not_in_force' }
export const STANDING_SHAPE: Record<Standing, OutcomeName> = { payable: 'eligible', undecided: 'undecided', simulation: 'simulation_only', none: 'not_eligible' }

/** Whether a document binds: in force, draft, expired. */
export function StatusChip({ status }: { status: Status }) {
  const { d } = useLang()
  return (
    <span className={`chip chip-${SHAPE[status]}`}>
      <OutcomeShape outcome={SHAPE[status]} />
      {d.policy.status[status]}
    </span>
  )
}

/** What a clause's rule does. */
export function StandingChip({ standing }: { standing: Standing }) {
  const { d } = useLang()
  return (
    <span className={`chip chip-${STANDING_SHAPE[standing]}`}>
      <OutcomeShape outcome={STANDING_SHAPE[standing]} />
      {d.policy.standing[standing]}
    </span>
  )
}
