import { Link } from 'react-router'
import { tableDate } from '@/calendar/date'
import { fill, useLang } from '@/i18n'
import { Money } from '@/pattern/money/Money'
import { format } from '@/money/fen'
import { circle, type Trade } from './model'

const RADIUS = 96

/** Who paid whom: parties on a circle, an arrow for each trade; the same in words below. */
export function TradeRing({ trades }: { trades: Trade[] }) {
  const { d, lang } = useLang()
  const spots = circle(trades, RADIUS)
  const foot = Math.max(...spots.map((s) => s.y)) + 34
  const at = (party: string) => spots.find((s) => s.party === party) ?? { x: 0, y: 0 }
  return (
    <div className="trades">
      <svg viewBox={`-220 -126 440 ${126 + foot}`} role="img" aria-label={fill(d.supervision.ring, { n: spots.length, trades: trades.length })}>
        <defs>
          <marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse">
            <path d="M0 0 L10 5 L0 10 z" fill="var(--indigo)" />
          </marker>
        </defs>
        {trades.map((t) => {
          const from = at(t.buyer)
          const to = at(t.seller)
          const length = Math.hypot(to.x - from.x, to.y - from.y) || 1
          const [ux, uy] = [(to.x - from.x) / length, (to.y - from.y) / length]
          const gap = 12
          return (
            <g key={t.facts.join()}>
              <line x1={from.x + ux * gap} y1={from.y + uy * gap} x2={to.x - ux * gap} y2={to.y - uy * gap} stroke="var(--indigo)" strokeWidth="1.5" markerEnd="url(#arrow)" />
              <text x={(from.x + to.x) / 2 - uy * 8} y={(from.y + to.y) / 2 + ux * 8} textAnchor={(from.x + to.x) / 2 < -1 ? 'end' : (from.x + to.x) / 2 > 1 ? 'start' : 'middle'} className="trade-amount">
                {format(t.amount_fen)}
              </text>
            </g>
          )
        })}
        {spots.map((s) => (
          <g key={s.party}>
            <circle cx={s.x} cy={s.y} r="7" fill="var(--indigo)" />
            <text x={s.x} y={s.y > 0 ? s.y + 24 : s.y - 14} textAnchor="middle" className="trade-name">
              {s.name}
            </text>
          </g>
        ))}
      </svg>
      <ol className="lacks">
        {trades.map((t) => (
          <li key={t.facts.join()}>
            {t.buyer_name} → {t.seller_name} <Money fen={t.amount_fen} /> <span className="note">{t.from === t.to ? tableDate(t.from, lang) : `${tableDate(t.from, lang)} – ${tableDate(t.to, lang)}`}</span>{' '}
            {t.facts.map((id) => (
              <Link key={id} to={`/evidence/facts/${id}`} className="mono">
                {id}{' '}
              </Link>
            ))}
          </li>
        ))}
      </ol>
    </div>
  )
}
