import '../application/application.css'
import './call.css'
import { Button, Select } from 'antd'
import { Link } from 'react-router'
import { tableDate } from '@/calendar/date'
import { useMeasureName, useMeasures } from '@/features/policy/api'
import { useSession } from '@/features/session/session'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable, type Column } from '@/pattern/layout/DataTable'
import { useFilter } from '@/pattern/layout/Filter'
import { PageHead } from '@/pattern/layout/PageHead'
import { countOf, Paged, rowsOf } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { useCalls } from './api'
import { funnelOf, standing, total, type Call } from './model'
import { PhaseChip } from './PhaseChip'

/** Every call for applications, for everybody; officers see drafts and how far each has come. */
export default function CallsPage() {
  const { d } = useLang()
  const role = useSession().active?.role
  const [measure] = useFilter('measure')
  const [state] = useFilter('state')
  const list = useCalls({ measure, state })
  const rows = rowsOf(list)
  const filtered = Boolean(measure || state)
  const open = rows.filter((c) => standing(c) === 'open').length
  const none = filtered ? d.call.noneFiltered : d.call.none
  return (
    <>
      <PageHead
        title={d.call.title}
        sentence={list.data && (rows.length === 0 ? none : <Say text={filtered ? d.call.sentenceFiltered : d.call.sentence} parts={{ n: <b>{countOf(list)}</b>, open: <b>{open}</b> }} />)}
        actions={
          role === 'office' && (
            <Link to="/calls/new">
              <Button type="primary">{d.call.create}</Button>
            </Link>
          )
        }
      />
      <Card title={d.call.list} extra={<Filters officer={role === 'office' || role === 'finance' || role === 'auditor'} />} flush>
        <Paged query={list} empty={<Empty title={none} next={filtered ? <Link to="/calls">{d.app.clearFilters}</Link> : d.call.noneNext} />}>
          {(calls) => <Rows calls={calls} />}
        </Paged>
      </Card>
    </>
  )
}

function Filters({ officer }: { officer: boolean }) {
  const { d, say } = useLang()
  const [measure, setMeasure] = useFilter('measure')
  const [state, setState] = useFilter('state')
  const measures = useMeasures().data?.filter((m) => m.rule_type === 'payable' || m.id === measure) ?? []
  const states = Object.entries(d.call.states).filter(([value]) => officer || value !== 'draft')
  return (
    <>
      <Select size="small" className="filter-measure" aria-label={d.call.measures} value={measure} onChange={setMeasure} options={[{ value: '', label: d.application.anyMeasure }, ...measures.map((m) => ({ value: m.id, label: say(m.name) }))]} />
      <Select size="small" className="filter-state" aria-label={d.application.filterState} value={state} onChange={setState} options={[{ value: '', label: d.call.anyState }, ...states.map(([value, label]) => ({ value, label }))]} />
    </>
  )
}

function Rows({ calls }: { calls: Call[] }) {
  const { d, lang, say } = useLang()
  const measure = useMeasureName()
  const words: Record<string, string> = d.application.state
  const columns: Column<Call>[] = [
    {
      key: 'name',
      title: d.call.name,
      main: true,
      render: (c) => (
        <>
          <Link to={`/calls/${c.id}`} className="row-name">
            {say(c.terms.name)}
          </Link>{' '}
          <span className="note mono">{c.number}</span>
        </>
      ),
    },
    { key: 'state', title: d.application.stateTitle, render: (c) => <PhaseChip call={c} /> },
    {
      key: 'period',
      title: d.call.period,
      render: (c) => (
        <span>
          <span className="num">{fill(d.call.to, { from: tableDate(c.terms.opens, lang), to: tableDate(c.terms.closes, lang) })}</span>
          {standing(c) === 'open' && <div className="note">{c.workdays_left > 0 ? fill(d.call.left, { n: c.workdays_left }) : d.call.lastDay}</div>}
        </span>
      ),
    },
    { key: 'measures', title: d.call.measures, render: (c) => c.terms.offers.map((o) => say(measure(o.measure))).join(d.app.listComma) },
  ]
  if (calls.some((c) => Object.keys(c.funnel).length > 0))
    columns.push({
      key: 'funnel',
      title: d.call.progress,
      render: (c) => {
        const segments = funnelOf(c.funnel, Object.keys(words))
        if (segments.length === 0) return <span className="faint">—</span>
        return (
          <span>
            <Link to={`/applications?call=${c.id}`}>{fill(d.call.cases, { n: total(segments) })}</Link>
            <div className="note">{segments.map((s) => `${words[s.state] ?? s.state} ${s.n}`).join(d.app.listComma)}</div>
          </span>
        )
      },
    })
  return <DataTable caption={d.call.list} columns={columns} rows={calls} rowKey={(c) => c.id} />
}
