import './allocation.css'
import { Link } from 'react-router'
import { useMeasureName } from '@/features/policy/api'
import { fill, useLang } from '@/i18n'
import { format, isZero } from '@/money/fen'
import { Card } from '@/pattern/layout/Card'
import { Money } from '@/pattern/money/Money'
import { cutOf, decimal, type Applicants, type Result, type Row, type Tally } from './model'

interface Props {
  tally: Tally
  result: Result
  applicants: Applicants
}

/** One measure: what it came to, and its applications in their order with the line between in and out. */
export function Ranked({ tally: t, result, applicants }: Props) {
  const { d, say } = useLang()
  const measure = useMeasureName()
  const cut = cutOf(result, t.measure)
  const carried = !isZero(t.carried_fen)
  const scored = [...cut.above, ...cut.below].some((r) => r.score)
  const heads: [title: string, number: boolean][] = [
    [d.allocation.ranked, false],
    [d.allocation.applicant, false],
    ...(scored ? [[d.allocation.score, false] as [string, boolean]] : []),
    [d.allocation.claim, true],
    [d.allocation.amount, true],
    ...(carried ? [[d.allocation.carried, true] as [string, boolean]] : []),
    [d.allocation.result, false],
  ]
  const row = (r: Row, below: boolean) => <RankedRow key={r.id} row={r} below={below} scored={scored} carried={carried} outOf={t.out_of} applicants={applicants} />
  const any = cut.above.length + cut.below.length + cut.unranked.length > 0
  return (
    <Card title={say(measure(t.measure))} note={fill(d.allocation.counts, { apps: t.applications, ranked: t.ranked, awarded: t.awarded })} flush>
      <div className="card-body">
        <Sums tally={t} />
        {t.tied && <p className="hold">{fill(d.allocation.tied, { rank: t.tied.rank })}</p>}
      </div>
      {any && (
        <table className="table">
          <caption className="visually-hidden">{say(measure(t.measure))}</caption>
          <thead>
            <tr>
              {heads.map(([title, number]) => (
                <th key={title} scope="col" className={number ? 'right' : ''}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {cut.above.map((r) => row(r, false))}
            <tr className="cut-line">
              <td colSpan={heads.length}>{cut.above.length === 0 ? d.allocation.cutNone : cut.below.length + cut.unranked.length === 0 ? d.allocation.cutAll : fill(d.allocation.cut, { rank: t.last_rank || cut.above.length })}</td>
            </tr>
            {cut.below.map((r) => row(r, true))}
            {cut.unranked.map((r) => row(r, true))}
          </tbody>
        </table>
      )}
    </Card>
  )
}

function Sums({ tally: t }: { tally: Tally }) {
  const { d } = useLang()
  return (
    <dl className="tally">
      <div>
        <dt className="note">{d.allocation.budget}</dt>
        <dd>{t.budget_fen === null ? d.allocation.noBudget : <Money fen={t.budget_fen} />}</dd>
      </div>
      {t.quota !== null && t.quota > 0 && (
        <div>
          <dt className="note">{d.allocation.quota}</dt>
          <dd className="num">{t.quota}</dd>
        </div>
      )}
      <div>
        <dt className="note">{d.allocation.due}</dt>
        <dd>
          <Money fen={t.due_fen} /> {t.short && <span className="chip chip-lacking">{d.allocation.short}</span>}
        </dd>
      </div>
      <div>
        <dt className="note">{d.allocation.paid}</dt>
        <dd>
          <Money fen={t.paid_fen} />
        </dd>
      </div>
      {!isZero(t.carried_fen) && (
        <div>
          <dt className="note">{d.allocation.carried}</dt>
          <dd>
            <Money fen={t.carried_fen} />
          </dd>
        </div>
      )}
      {t.left_fen !== null && (
        <div>
          <dt className="note">{d.allocation.left}</dt>
          <dd>
            <Money fen={t.left_fen} />
          </dd>
        </div>
      )}
    </dl>
  )
}

function RankedRow({ row: r, below, scored, carried, outOf, applicants }: { row: Row; below: boolean; scored: boolean; carried: boolean; outOf: string | undefined; applicants: Applicants }) {
  const { d, say } = useLang()
  const who = applicants[r.id]
  return (
    <tr className={below ? 'below-cut' : ''}>
      <td data-label={d.allocation.ranked}>{r.rank > 0 ? <span className="num">{r.rank}</span> : <span className="faint">{d.allocation.unranked}</span>}</td>
      <td data-label={d.allocation.applicant} className="main">
        <Link to={`/applications/${r.id}`} className="row-name">
          {who?.number ?? r.id}
        </Link>
        <div className="note">
          {who?.name ?? r.code} {r.priority && <span className="chip chip-eligible">{d.allocation.greenLane}</span>}
        </div>
      </td>
      {scored && (
        <td data-label={d.allocation.score}>
          <span>
            {r.score ? <span className="num">{r.score}</span> : <span className="faint">—</span>}
            <ul className="parts">
              {r.parts.map((p) => (
                <li key={p.factor}>{fill(d.allocation.part, { factor: p.factor === 'review' ? d.call.reviewFactor : p.factor, given: p.given, points: decimal(p.points, outOf) })}</li>
              ))}
            </ul>
          </span>
        </td>
      )}
      <td data-label={d.allocation.claim} className="num right">
        {r.claim_fen === null ? <span className="faint">—</span> : <Money fen={r.claim_fen} />}
      </td>
      <td data-label={d.allocation.amount} className="num right">
        {r.amount_fen === null ? <span className="faint">—</span> : <b><Money fen={r.amount_fen} /></b>}
      </td>
      {carried && (
        <td data-label={d.allocation.carried} className="num right">
          {isZero(r.carried_fen) ? <span className="faint">—</span> : <Money fen={r.carried_fen} />}
        </td>
      )}
      <td data-label={d.allocation.result}>
        {r.reason ? say(r.reason) : <span className="ok">{d.allocation.chosen}</span>}
        {!isZero(r.before_fen) && <div className="note">{fill(d.allocation.before, { paid: format(r.before_fen) })}</div>}
      </td>
    </tr>
  )
}
