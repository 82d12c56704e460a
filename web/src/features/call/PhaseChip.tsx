import '@/pattern/outcome/outcome.css'
import { useLang } from '@/i18n'
import { standing, type Call } from './model'

const TONE: Record<string, string> = { open: 'chip-eligible', late: 'chip-lacking' }

/** What a call does today, in words; the tone only repeats them. */
export function PhaseChip({ call }: { call: Call }) {
  const { d } = useLang()
  const at = standing(call)
  return <span className={`chip ${TONE[at] ?? ''}`}>{d.call.phase[at]}</span>
}
