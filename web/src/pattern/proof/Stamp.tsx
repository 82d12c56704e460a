import './proof.css'
import { useLang } from '@/i18n'
import { quadrant, type Mark } from './stamp'

export type StampSize = 22 | 44 | 72
/** Sealed is indigo; differs is red; open has no seal yet and is an outline only. */
export type StampState = 'sealed' | 'differs' | 'open'

const CELL = 10
const MARGIN = 6
const SIDE = 6 * CELL + 2 * MARGIN

/** The mark of a sealed record, drawn from its hash. It helps to recognise; only recomputing proves. */
export function Stamp({ hash, size = 22, state = 'sealed' }: { hash: string; size?: StampSize; state?: StampState }) {
  const { d } = useLang()
  const marks = state === 'open' ? null : quadrant(hash)
  const label = `${d.proof.stamp[marks ? state : 'open']}${hash ? ` ${hash.slice(0, 8)}` : ''}`
  return (
    <svg className={`stamp stamp-${marks ? state : 'open'}`} width={size} height={size} viewBox={`0 0 ${SIDE} ${SIDE}`} role="img" aria-label={label}>
      <rect className="stamp-ground" x="1" y="1" width={SIDE - 2} height={SIDE - 2} rx="6" />
      {size > 22 && <rect className="stamp-frame" x="3.6" y="3.6" width={SIDE - 7.2} height={SIDE - 7.2} rx="4" />}
      {marks && ['1 1', '-1 1', '1 -1', '-1 -1'].map((flip) => (
        <g key={flip} transform={`translate(${SIDE / 2} ${SIDE / 2}) scale(${flip}) translate(${-SIDE / 2} ${-SIDE / 2})`}>
          {marks.map((mark, i) => drawn(mark, MARGIN + (i % 3) * CELL, MARGIN + Math.floor(i / 3) * CELL, i))}
        </g>
      ))}
    </svg>
  )
}

function drawn(mark: Mark, x: number, y: number, key: number) {
  const cx = x + CELL / 2
  const cy = y + CELL / 2
  switch (mark) {
    case 'disc':
      return <circle key={key} className="stamp-mark" cx={cx} cy={cy} r={4.1} />
    case 'ring':
      return <circle key={key} className="stamp-line" cx={cx} cy={cy} r={3.1} />
    case 'diamond':
      return <path key={key} className="stamp-mark" d={`M${cx} ${y + 0.4}L${x + CELL - 0.4} ${cy}L${cx} ${y + CELL - 0.4}L${x + 0.4} ${cy}z`} />
    case 'quarter':
      // The centre of the arc faces the middle, so four of them in the inmost cells make a whole disc.
      return <path key={key} className="stamp-mark" d={`M${x + CELL} ${y + 0.5}A${CELL - 0.5} ${CELL - 0.5} 0 0 0 ${x + 0.5} ${y + CELL}H${x + CELL}z`} />
    case 'dot':
      return <circle key={key} className="stamp-mark" cx={cx} cy={cy} r={1.7} />
    case 'none':
      return null
  }
}
