import './time.css'
import type { ReactNode } from 'react'
import { useLang } from '@/i18n'
import { Clock, type ClockFace } from './Clock'

export interface Moment {
  key: string
  when: 'past' | 'now' | 'to_come'
  title: string
  /** By whom and how many days; time with the applicant says that it is not counted. */
  note?: string | undefined
  /** Who the present step waits for. */
  waitsFor?: string | undefined
  clock?: ClockFace | undefined
  detail?: ReactNode
}

/** Past solid, now an amber ring with whose turn it is, to come hollow. */
export function Timeline({ moments }: { moments: Moment[] }) {
  const { d } = useLang()
  return (
    <ol className="timeline">
      {moments.map((m) => (
        <li key={m.key} className={`moment moment-${m.when}`} aria-current={m.when === 'now' ? 'step' : undefined}>
          <span className="visually-hidden">{d.timeline[m.when]}</span>
          <span className="moment-title">{m.title}</span>
          {m.waitsFor && <span className="moment-waits">{m.waitsFor}</span>}
          {m.note && <span className="note">{m.note}</span>}
          {m.clock && (
            <div>
              <Clock face={m.clock} />
            </div>
          )}
          {m.detail && <div className="moment-detail">{m.detail}</div>}
        </li>
      ))}
    </ol>
  )
}
