import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { useMeasures } from '@/features/policy/api'
import { useToday } from '@/features/today/api'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { Money } from '@/pattern/money/Money'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty } from '@/pattern/state/states'
import { useMeasurePerformance, type Performance } from './api'

type Output = Performance['outputs'][number]

/** Budget, paid, reached and cost per output of each measure; outputs lead to their facts. */
export function Measures() {
  const { d, say } = useLang()
  const year = useToday().data?.year ?? 0
  const rows = useMeasurePerformance(year)
  const names = useMeasures().data ?? []
  return (
    <Card title={d.performance.measures} note={fill(d.performance.measuresNote, { year })} flush>
      <Loaded query={rows} lines={6}>
        {(all) =>
          all.length === 0 ? (
            <Empty title={d.performance.noMeasures} />
          ) : (
            <DataTable
              caption={d.performance.measures}
              rows={all}
              rowKey={(r) => r.measure}
              columns={[
                { key: 'measure', title: d.performance.measure, main: true, render: (r) => <><b>{say(names.find((m) => m.id === r.measure)?.name) || r.measure}</b> <span className="note mono">{r.measure}</span></> },
                { key: 'budget', title: d.performance.budget, number: true, render: (r) => <Money fen={r.budget_fen} overview /> },
                { key: 'paid', title: d.performance.paid, number: true, render: (r) => <div>{r.paid_fen === '0' ? <span className="faint">—</span> : <Money fen={r.paid_fen} overview />}{r.paid_facts > 0 && <PaidFacts row={r} />}</div> },
                { key: 'reached', title: d.performance.reached, render: (r) => <Outputs row={r} show={(o) => <><span className="num">{o.reached}</span> {say(o.indicator.unit)} <span className="note">{say(o.indicator.name) || o.indicator.id}</span> {o.facts.map((id, i) => <Link key={id} className="note" to={`/evidence/facts/${encodeURIComponent(id)}`}>{d.performance.fact} {i + 1} </Link>)}</>} /> },
                { key: 'cost', title: d.performance.cost, number: true, render: (r) => <Outputs row={r} show={(o) => (o.cost ? <><Money fen={o.cost.fen} /><div className="note">{fill(d.performance.exact, { exact: o.cost.exact })}</div></> : '—')} empty="—" /> },
              ]}
            />
          )
        }
      </Loaded>
    </Card>
  )
}

/** The facts that a sum was paid by: how many, and each to be opened. */
function PaidFacts({ row: r }: { row: Performance }) {
  const { d } = useLang()
  const more = r.paid_facts - r.paid_fact_ids.length
  return (
    <details className="note">
      <summary>{fill(d.performance.facts, { n: r.paid_facts })}</summary>
      {r.paid_fact_ids.map((id, i) => (
        <Link key={id} to={`/evidence/facts/${encodeURIComponent(id)}`}>
          {d.performance.fact} {i + 1}{' '}
        </Link>
      ))}
      {more > 0 && fill(d.performance.factsMore, { n: more })}
    </details>
  )
}

function Outputs({ row, show, empty }: { row: Performance; show: (o: Output) => ReactNode; empty?: string }) {
  const { d } = useLang()
  if (row.outputs.length === 0) return <span className="faint">{empty ?? (row.paid_fen === '0' ? '—' : d.performance.noOutput)}</span>
  return (
    <div>
      {row.outputs.map((o) => (
        <div key={o.indicator.id}>{show(o)}</div>
      ))}
    </div>
  )
}
