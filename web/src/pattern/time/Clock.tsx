import './time.css'
import { fill, useLang } from '@/i18n'

/** Working days of the present step. The server counts them on the national holiday file. */
export interface ClockFace {
  /** Days still left; zero is the last day, negative is past it. */
  left: number
  /** Days the step has in all. */
  total: number
}

const LONGEST_DRAWN = 12

/** One tick a working day. Words first, so that colour never stands alone. */
export function Clock({ face }: { face: ClockFace }) {
  const { d } = useLang()
  const state = face.left < 0 ? 'over' : face.left === 0 ? 'last' : 'normal'
  const words = face.left < 0 ? fill(d.clock.over, { n: -face.left }) : face.left === 0 ? d.clock.last : fill(d.clock.left, { n: face.left })
  const used = Math.min(face.total, face.total - face.left)
  const late = Math.max(0, -face.left)
  const drawn = face.total + late <= LONGEST_DRAWN
  return (
    <span className={`clock clock-${state}`}>
      <span className="clock-words">{words}</span>
      {drawn && (
        <span className="clock-ticks" aria-hidden="true">
          {Array.from({ length: face.total }, (_, i) => (
            <i key={i} className={i < used ? 'used' : ''} />
          ))}
          {Array.from({ length: late }, (_, i) => (
            <i key={`late${i}`} className={i === 0 ? 'used late' : 'used'} />
          ))}
        </span>
      )}
    </span>
  )
}
