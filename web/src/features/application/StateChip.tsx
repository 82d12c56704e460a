import { useLang } from '@/i18n'
import type { State } from './model'

const TONE: Record<string, string> = { offered: 'chip-eligible', returned: 'chip-lacking', refused: 'chip-bad', unchosen: 'chip-bad', paid: 'chip-eligible' }

/** The state of an application in words; the tone only repeats them. */
export function StateChip({ state }: { state: State }) {
  const { d } = useLang()
  const words: Record<string, string> = d.application.state
  return <span className={`chip ${TONE[state] ?? ''}`}>{words[state] ?? state}</span>
}
