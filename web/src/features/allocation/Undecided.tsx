import './allocation.css'
import { Link } from 'react-router'
import { useFactorName, useMeasureName } from '@/features/policy/api'
import { fill, useLang } from '@/i18n'
import { isZero } from '@/money/fen'
import { Card } from '@/pattern/layout/Card'
import { DataTable, type Column } from '@/pattern/layout/DataTable'
import { Money } from '@/pattern/money/Money'
import { OutcomeShape } from '@/pattern/outcome/Outcome'
import { Paged } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { useProspects } from './api'
import type { Prospect, Sums } from './model'

/** What nobody has ruled yet, and therefore stands between the snapshot and a decision. */
export function Questions({ result }: { result: Sums }) {
  const { d, say } = useLang()
  const measure = useMeasureName()
  return (
    <Card title={d.allocation.questions}>
      <ul className="lacks">
        {result.questions.map((q, i) => (
          <li key={i}>
            <Link to={`/policy/questions#${q.question}`} className="hold">
              <OutcomeShape outcome="undecided" /> {q.question}
            </Link>{' '}
            {say(q.text)}
            <div className="note">
              {say(measure(q.measure))} · {d.allocation.ruleWhere}
            </div>
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** A short budget with no way ruled: what each of the three would do, side by side. */
export function Alternatives({ result }: { result: Sums }) {
  const { d, say } = useLang()
  const measure = useMeasureName()
  const measures = [...new Set(result.alternatives.map((a) => a.measure))]
  return measures.map((id) => (
    <Card key={id} title={d.allocation.alternatives} note={`${say(measure(id))} · ${d.allocation.alternativesNote}`}>
      <ul className="ways">
        {result.alternatives
          .filter((a) => a.measure === id)
          .map((a) => (
            <li key={a.way}>
              <b>{say(a.name)}</b>
              <p>
                {d.allocation.paid} <Money fen={a.paid_fen} />
              </p>
              {!isZero(a.carried_fen) && (
                <p>
                  {d.allocation.carried} <Money fen={a.carried_fen} />
                </p>
              )}
              <p className="note">
                {[
                  [d.allocation.full, a.full],
                  [d.allocation.partly, a.part],
                  [d.allocation.nothing, a.none],
                ]
                  .map(([what, n]) => `${what} ${fill(d.allocation.firms, { n: n ?? 0 })}`)
                  .join(d.app.listComma)}
              </p>
            </li>
          ))}
      </ul>
    </Card>
  ))
}

/** While weights are open: each application's best and worst rank, and its rank under every weighting. */
export function Prospects({ id, result, q }: { id: string; result: Sums; q: string }) {
  const measures = [...new Set(result.weightings.map((w) => w.measure))]
  return measures.map((measure) => <Range key={measure} id={id} measure={measure} result={result} q={q} />)
}

function Range({ id, measure: of, result, q }: { id: string; measure: string; result: Sums; q: string }) {
  const { d, say } = useLang()
  const measure = useMeasureName()
  const factor = useFactorName()
  const prospects = useProspects(id, of, q)
  const named: Record<string, string> = d.allocation.weighting
  const columns: Column<Prospect>[] = [
    {
      key: 'who',
      title: d.allocation.applicant,
      main: true,
      render: (p) => (
        <>
          <Link to={`/applications/${p.id}`} className="row-name">
            {p.number || p.id}
          </Link>
          <div className="note">{p.name || p.code}</div>
        </>
      ),
    },
    { key: 'ranks', title: d.allocation.bestWorst, render: (p) => <b className="num">{[...new Set(p.ranks)].join('–')}</b> },
    { key: 'scores', title: d.allocation.scores, render: (p) => <span className="num">{[...new Set(p.scores)].join('–')}</span> },
    ...result.weightings
      .filter((w) => w.measure === of)
      .map((w): Column<Prospect> => ({ key: w.id, title: named[w.id] ?? fill(d.allocation.only, { factor: factor(of, w.id) }), number: true, render: (p) => p.under.find((u) => u.weighting === w.id)?.rank ?? '—' })),
  ]
  return (
    <Card title={d.allocation.prospects} note={`${say(measure(of))} · ${d.allocation.prospectsNote}`} flush>
      <Paged query={prospects} empty={<Empty title={d.allocation.noneFound} next={<Link to={`/allocations/${id}`}>{d.app.clearFilters}</Link>} />}>
        {(rows) => <DataTable caption={d.allocation.prospects} columns={columns} rows={rows} rowKey={(p) => p.id} compact />}
      </Paged>
    </Card>
  )
}
