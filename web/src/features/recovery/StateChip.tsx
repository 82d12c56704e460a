import '../../pattern/outcome/outcome.css'
import { useLang } from '@/i18n'
import type { State } from './model'

const TONE: Partial<Record<State, string>> = { notified: 'chip-lacking', decided: 'chip-lacking', recovering: 'chip-bad', closed: 'chip-eligible' }

export function StateChip({ state }: { state: State }) {
  const { d } = useLang()
  return <span className={`chip ${TONE[state] ?? ''}`}>{d.recovery.state[state]}</span>
}
