import './voucher.css'
import { fill, useLang } from '@/i18n'
import { format, sum } from '@/money/fen'
import { slices, type Row, type Slice } from './model'

export const FILL: Record<Slice['kind'], string> = { spent: 'money-bar-paid', held: 'money-bar-held', free: 'voucher-bar-free', back: 'voucher-bar-back' }

/** A voucher's amount: deducted solid, held hatched, free light, what came back grey. The figures say the same in digits. */
export function Bar({ voucher: v }: { voucher: Row }) {
  const { d } = useLang()
  const label = fill(d.voucher.bar, { face: format(v.face_fen), spent: format(v.spent_fen), held: format(v.held_fen), free: format(v.free_fen), back: format(sum([v.returned_fen, v.expired_fen])) })
  return (
    <span className="money-bar voucher-bar" role="img" aria-label={label}>
      {slices(v).map((s) => (
        <span key={s.kind} className={FILL[s.kind]} style={{ width: `${s.width}%` }} />
      ))}
    </span>
  )
}
