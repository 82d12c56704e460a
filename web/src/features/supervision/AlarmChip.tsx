import '@/pattern/outcome/outcome.css'
import { useLang } from '@/i18n'
import type { State } from './model'

const TONE: Record<State, string> = { open: 'chip-lacking', proposed: 'chip-undecided', dismissed: '', confirmed: 'chip-bad', lapsed: '' }

/** The state of an alarm in words, and whether it bars payment; the tone only repeats them. */
export function AlarmChip({ state, blocks }: { state: State; blocks: boolean }) {
  const { d } = useLang()
  return <span className={`chip ${blocks ? 'chip-bad' : TONE[state]}`}>{blocks ? `${d.supervision.stop} · ${d.supervision.state[state]}` : d.supervision.state[state]}</span>
}
