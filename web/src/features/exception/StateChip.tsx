import '@/pattern/outcome/outcome.css'
import { useLang } from '@/i18n'
import type { State } from './api'

const TONE: Partial<Record<State, string>> = { proposed: 'chip-lacking', approved: 'chip-eligible', refused: 'chip-bad' }

export function StateChip({ state }: { state: State }) {
  const { d } = useLang()
  return <span className={`chip ${TONE[state] ?? ''}`}>{d.exception.state[state]}</span>
}
