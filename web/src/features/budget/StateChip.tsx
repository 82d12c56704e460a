import '../../pattern/outcome/outcome.css'
import { useLang } from '@/i18n'
import type { State } from './model'

const TONE: Partial<Record<State, string>> = { proposed: 'chip-lacking', booking: 'chip-lacking', confirmed: 'chip-eligible', refused: 'chip-bad' }

export function StateChip({ state }: { state: State }) {
  const { d } = useLang()
  return <span className={`chip ${TONE[state] ?? ''}`}>{d.budget.state[state]}</span>
}
