import './money.css'
import { fill, useLang } from '@/i18n'
import { format, share, type Fen } from '@/money/fen'

/** Solid paid, hatched held, empty free. Hatching survives greyscale; the label says the same in words. */
export function MoneyBar({ paid, held, ceiling }: { paid: Fen; held: Fen; ceiling: Fen }) {
  const { d } = useLang()
  const label = fill(d.money.bar, { paid: format(paid), held: format(held), ceiling: format(ceiling) })
  return (
    <span className="money-bar" role="img" aria-label={label}>
      <span className="money-bar-paid" style={{ width: `${share(paid, ceiling)}%` }} />
      <span className="money-bar-held" style={{ width: `${share(held, ceiling)}%` }} />
    </span>
  )
}

export function MoneyBarKey() {
  const { d } = useLang()
  return (
    <span className="money-key note">
      <i className="money-bar-paid" /> {d.money.paid} <i className="money-bar-held" /> {d.money.heldLong} <i className="money-key-free" /> {d.money.free}
    </span>
  )
}
