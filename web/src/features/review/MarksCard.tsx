import { Link } from 'react-router'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import type { CaseLine, Panel, SeatLine } from './api'
import { useFieldName } from './ExpertsPage'

/** Who judges which case and how far they are; points only once every score of the panel is final. */
export function MarksCard({ panel: p }: { panel: Panel }) {
  const { d } = useLang()
  const w = d.review
  const shown = p.state === 'complete' || p.state === 'closed'
  return (
    <Card title={w.marks} note={shown ? undefined : w.marksHidden} flush>
      <ul className="hits">
        {p.table.map((line) => (
          <Line key={line.case.id} line={line} />
        ))}
      </ul>
    </Card>
  )
}

function Line({ line }: { line: CaseLine }) {
  const { d, say } = useLang()
  const w = d.review
  return (
    <li>
      <div className="mark-head">
        <Link to={`/applications/${line.case.id}`} className="mono">
          {line.case.number}
        </Link>
        {line.short && <span className="chip chip-bad">{w.short}</span>}
        {line.result && (
          <span>
            {w.mean} <b className="num mean">{line.result.mean.rounded}</b> <span className="note num">= {line.result.mean.exact}</span>
          </span>
        )}
      </div>
      {line.result && <p className={`note ${line.result.discuss ? 'lacking' : ''}`}>{say(line.result.did)}</p>}
      <ul className="seats">
        {line.seats.map((seat) => (
          <Seat key={seat.expert} seat={seat} />
        ))}
      </ul>
    </li>
  )
}

function Seat({ seat }: { seat: SeatLine }) {
  const { d, say } = useLang()
  const w = d.review
  const fieldName = useFieldName()
  const tone = seat.state === 'final' ? 'chip-eligible' : seat.state === 'left' ? 'chip-bad' : seat.state === 'begun' ? 'chip-lacking' : ''
  return (
    <li>
      <span>
        {seat.name} <span className="note">{fieldName(seat.field)}</span> {seat.replaces && <span className="note">{w.replaced}</span>}
      </span>
      <span className="seat-state">
        {seat.score ? (
          <>
            {seat.apart && <span className="chip chip-lacking">{w.apart}</span>} {!seat.counts && <span className="note">{w.notCounted}</span>} <b className={`num${seat.counts ? '' : ' dropped'}`}>{seat.score.total}</b>
          </>
        ) : (
          <span className={`chip ${tone}`}>{w.score[seat.state]}</span>
        )}
      </span>
      {(seat.why || seat.score?.comment) && <p className="note seat-words">{seat.why ? say(seat.why.reason) : seat.score?.comment}</p>}
    </li>
  )
}
