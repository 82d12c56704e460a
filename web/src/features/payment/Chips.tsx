import '@/pattern/outcome/outcome.css'
import { useLang } from '@/i18n'
import type { Line, OrderState } from './api'

const TONE: Partial<Record<OrderState, string>> = { paid: 'chip-eligible', failed: 'chip-bad', cancelling: 'chip-lacking' }

/** The state of an order in words; the tone only repeats them. */
export function OrderChip({ state }: { state: OrderState }) {
  const { d } = useLang()
  return <span className={`chip ${TONE[state] ?? ''}`}>{d.payment.orderState[state]}</span>
}

/** What a line of a return comes to. */
export function VerdictChip({ line }: { line: Pick<Line, 'verdict' | 'bad'> }) {
  const { d } = useLang()
  const tone = line.bad ? 'chip-bad' : line.verdict === 'paid' ? 'chip-eligible' : line.verdict === 'failed' ? 'chip-lacking' : ''
  return <span className={`chip ${tone}`}>{d.payment.verdict[line.verdict]}</span>
}
