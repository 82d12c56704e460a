import '@/pattern/outcome/outcome.css'
import { useLang } from '@/i18n'
import type { Row, State } from './model'

const TONE: Partial<Record<State, string>> = { live: 'chip-eligible', requested: 'chip-lacking', refused: 'chip-bad', declined: 'chip-bad' }

export function StateChip({ voucher: v }: { voucher: Row }) {
  const { d } = useLang()
  const over = v.over && v.state === 'live'
  return <span className={`chip ${over ? '' : (TONE[v.state] ?? '')}`}>{over ? d.voucher.overHeld : d.voucher.state[v.state]}</span>
}
