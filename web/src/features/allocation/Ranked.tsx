import './allocation.css'
import { Link } from 'react-router'
import { useFactorName, useMeasureName } from '@/features/policy/api'
import { fill, useLang } from '@/i18n'
import { format, isZero } from '@/money/fen'
import { Card } from '@/pattern/layout/Card'
import { Money } from '@/pattern/money/Money'
import { Paged } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { useCases, type Narrowed } from './api'
import { cutAt, decimal, type Case, type Sums, type Tally } from './model'

interface Props {
  id: string
  tally: Tally
  result: Sums
  narrowed: Narrowed
}

/** One measure: what it came to, and its applications in their order, page by page, with the line between in and out. */
export function Ranked({ id, tally: t, result, narrowed }: Props) {
  const { d, say } = useLang()
  const measure = useMeasureName()
  const any = result.fates.some((f) => f.measure === t.measure)
  const cases = useCases(id, t.measure, narrowed, any)
  const filtered = narrowed.q !== '' || narrowed.fate !== ''
  return (
    <Card title={say(measure(t.measure))} note={fill(d.allocation.counts, { apps: t.applications, ranked: t.ranked, awarded: t.awarded })} flush>
      <div className="card-body">
        <Came tally={t} />
        {t.tied && <p className="hold">{fill(d.allocation.tied, { rank: t.tied.rank })}</p>}
      </div>
      {any && (
        <Paged query={cases} empty={<Empty title={d.allocation.noneFound} next={<Link to={`/allocations/${id}`}>{d.app.clearFilters}</Link>} />}>
          {(rows) => <Table tally={t} rows={rows} cut={cutAt(rows, cases.hasNextPage, filtered)} />}
        </Paged>
      )}
    </Card>
  )
}

function Table({ tally: t, rows, cut }: { tally: Tally; rows: Case[]; cut: number | null }) {
  const { d, say } = useLang()
  const measure = useMeasureName()
  const carried = !isZero(t.carried_fen)
  const scored = t.out_of !== undefined
  const heads: [title: string, number: boolean][] = [
    [d.allocation.ranked, false],
    [d.allocation.applicant, false],
    ...(scored ? [[d.allocation.score, false] as [string, boolean]] : []),
    [d.allocation.claim, true],
    [d.allocation.amount, true],
    ...(carried ? [[d.allocation.carried, true] as [string, boolean]] : []),
    [d.allocation.result, false],
  ]
  const line = (r: Case) => <RankedRow key={r.id} row={r} scored={scored} carried={carried} outOf={t.out_of} />
  const says = t.awarded === 0 ? d.allocation.cutNone : cut === rows.length ? d.allocation.cutAll : fill(d.allocation.cut, { rank: t.last_rank || t.awarded })
  return (
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
        {rows.slice(0, cut ?? rows.length).map(line)}
        {cut !== null && (
          <tr className="cut-line">
            <td colSpan={heads.length}>{says}</td>
          </tr>
        )}
        {rows.slice(cut ?? rows.length).map(line)}
      </tbody>
    </table>
  )
}

function Came({ tally: t }: { tally: Tally }) {
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

function RankedRow({ row: r, scored, carried, outOf }: { row: Case; scored: boolean; carried: boolean; outOf: string | undefined }) {
  const { d, say } = useLang()
  const factor = useFactorName()
  return (
    <tr className={r.below ? 'below-cut' : ''}>
      <td data-label={d.allocation.ranked}>{r.rank > 0 ? <span className="num">{r.rank}</span> : <span className="faint">{d.allocation.unranked}</span>}</td>
      <td data-label={d.allocation.applicant} className="main">
        <Link to={`/applications/${r.id}`} className="row-name">
          {r.number || r.id}
        </Link>
        <div className="note">
          {r.name || r.code} {r.priority && <span className="chip chip-eligible">{d.allocation.greenLane}</span>}
        </div>
      </td>
      {scored && (
        <td data-label={d.allocation.score}>
          <span>
            {r.score ? <span className="num">{r.score}</span> : <span className="faint">—</span>}
            <ul className="parts">
              {(r.parts ?? []).map((p) => (
                <li key={p.factor}>{fill(d.allocation.part, { factor: factor(r.measure, p.factor), given: p.given, points: decimal(p.points, outOf) })}</li>
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
        {r.fate !== 'awarded' ? say(r.reason) : <span className="ok">{d.allocation.chosen}</span>}
        {!isZero(r.before_fen) && <div className="note">{fill(d.allocation.before, { paid: format(r.before_fen) })}</div>}
      </td>
    </tr>
  )
}
