import './whatif.css'
import { Fragment } from 'react'
import { useLang } from '@/i18n'
import { compare, difference, format, isZero, share, type Fen } from '@/money/fen'
import { Money } from '../money/Money'

/** One organisation before and after a change. */
export interface Change {
  key: string
  name: string
  before_fen: Fen
  after_fen: Fen
}

/** Before hollow, after filled, a triangle for losers. The same figures are in the table beside it. */
export function Dumbbells({ changes }: { changes: Change[] }) {
  const { d } = useLang()
  const still = changes.every((c) => c.before_fen === c.after_fen)
  const top = nice(changes.flatMap((c) => [c.before_fen, c.after_fen]))
  return (
    <figure className="dumbbells">
      <figcaption className="dumbbell-key note">
        <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
          <circle cx="5" cy="5" r="3.6" className="bell-before" />
        </svg>{' '}
        {d.whatif.before}
        <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
          <circle cx="5" cy="5" r="4" className="bell-after" />
        </svg>{' '}
        {d.whatif.gains}
        <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
          <path d="M0.5 1h9L5 9z" className="bell-loss" />
        </svg>{' '}
        {d.whatif.loses}
      </figcaption>
      <div className="dumbbell-rows">
        {changes.map((change) => {
          const delta = difference(change.after_fen, change.before_fen)
          const loses = compare(delta, '0') < 0
          const from = share(change.before_fen, top)
          const to = share(change.after_fen, top)
          return (
            <Fragment key={change.key}>
              <span className="dumbbell-name">{change.name}</span>
              <span className="dumbbell-track" role="img" aria-label={`${format(change.before_fen)} → ${format(change.after_fen)}`}>
                <i className={loses ? 'bar bar-loss' : 'bar'} style={{ left: `${Math.min(from, to)}%`, width: `${Math.abs(to - from)}%` }} />
                <i className="hollow" style={{ left: `${from}%` }} />
                {!isZero(delta) && <i className={loses ? 'triangle' : 'filled'} style={{ left: `${to}%` }} />}
              </span>
              <span className={`dumbbell-delta num ${loses ? 'bad' : 'soft'}`}>
                {isZero(change.before_fen) && !isZero(change.after_fen) && <span className="note">{d.whatif.newcomer} </span>}
                {still ? <Money fen={change.after_fen} overview bare /> : isZero(delta) ? <span className="faint">{d.whatif.same}</span> : <Money fen={delta} overview bare signed />}
              </span>
            </Fragment>
          )
        })}
        <span />
        <span className="dumbbell-axis" aria-hidden="true">
          {[0n, 1n, 2n, 3n, 4n].map((quarter) => (
            <i key={quarter.toString()} style={{ left: `${Number(quarter) * 25}%` }}>
              <Money fen={((BigInt(top) * quarter) / 4n).toString()} overview bare />
            </i>
          ))}
        </span>
        <span />
      </div>
    </figure>
  )
}

/** The scale's end: the largest value rounded up to a first digit of 1, 2, 4, 6, 8 or 10. */
function nice(amounts: Fen[]): Fen {
  const largest = amounts.reduce((m, a) => (compare(a, m) > 0 ? a : m), '400')
  const unit = 10n ** BigInt(largest.length - 1)
  const step = [1n, 2n, 4n, 6n, 8n, 10n].find((s) => s * unit >= BigInt(largest)) ?? 10n
  return (step * unit).toString()
}
