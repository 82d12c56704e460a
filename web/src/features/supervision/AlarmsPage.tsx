import './supervision.css'
import { Select } from 'antd'
import { Link } from 'react-router'
import { stampTime } from '@/calendar/date'
import { useMeasures } from '@/features/policy/api'
import { useSession } from '@/features/session/session'
import { Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable, type Column } from '@/pattern/layout/DataTable'
import { SearchFilter, useFilter } from '@/pattern/layout/Filter'
import { PageHead } from '@/pattern/layout/PageHead'
import { Loaded } from '@/pattern/state/Loaded'
import { Paged } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { AlarmChip } from './AlarmChip'
import { useAlarms, useRules } from './api'
import { blocks, STATES, type Row } from './model'
import { Precision } from './Precision'
import { Rerun } from './Rerun'

/** What was found before payment; the filters live in the address. */
export default function AlarmsPage() {
  const { d } = useLang()
  const auditor = useSession().active?.role === 'auditor'
  const [rule] = useFilter('rule')
  const [state] = useFilter('state')
  const [measure] = useFilter('measure')
  const [q] = useFilter('q')
  const list = useAlarms({ rule, state, measure, q })
  const rules = useRules()
  const filtered = [rule, state, measure, q].some(Boolean)
  const open = (severity?: string) => rules.data?.filter((r) => !severity || r.severity === severity).reduce((n, r) => n + r.open, 0) ?? 0
  const sentence = rules.data && (open() === 0 ? d.supervision.quiet : <Say text={d.supervision.sentence} parts={{ n: <Link to="/alarms?state=open">{open()}</Link>, stop: <b>{open('stop')}</b> }} />)
  return (
    <>
      <PageHead title={d.nav.alarms} sentence={sentence} />
      <div className="columns">
        <div className="stack">
          <Card title={d.supervision.list} extra={<Filters />} flush>
            <Paged query={list} empty={<Empty title={filtered ? d.supervision.noneFiltered : d.supervision.none} next={filtered ? <Link to="/alarms">{d.app.clearFilters}</Link> : d.supervision.noneHint} />}>
              {(rows) => <Rows rows={rows} />}
            </Paged>
          </Card>
        </div>
        <div className="stack">
          {auditor && <Rerun />}
          <Card title={d.supervision.precision} note={d.supervision.precisionNote}>
            <Loaded query={rules} lines={6}>{(all) => <Precision rules={all} />}</Loaded>
          </Card>
        </div>
      </div>
    </>
  )
}

function Filters() {
  const { d, say } = useLang()
  const [rule, setRule] = useFilter('rule')
  const [state, setState] = useFilter('state')
  const [measure, setMeasure] = useFilter('measure')
  const rules = useRules().data ?? []
  const measures = useMeasures().data?.filter((m) => m.rule_type === 'payable' || m.id === measure) ?? []
  return (
    <>
      <SearchFilter name="q" label={d.supervision.filterText} />
      <Select size="small" className="filter-measure" aria-label={d.supervision.rule} value={rule} onChange={setRule} options={[{ value: '', label: d.supervision.anyRule }, ...rules.map((r) => ({ value: r.id, label: say(r.name) }))]} />
      <Select size="small" className="filter-measure" aria-label={d.today.measure} value={measure} onChange={setMeasure} options={[{ value: '', label: d.application.anyMeasure }, ...measures.map((m) => ({ value: m.id, label: say(m.name) }))]} />
      <Select size="small" className="filter-state" aria-label={d.application.filterState} value={state} onChange={setState} options={[{ value: '', label: d.application.anyState }, ...STATES.map((s) => ({ value: s, label: d.supervision.state[s] }))]} />
    </>
  )
}

function Rows({ rows }: { rows: Row[] }) {
  const { d, lang, say } = useLang()
  const turns: Record<string, string> = d.supervision.turn
  const columns: Column<Row>[] = [
    {
      key: 'what',
      title: d.supervision.what,
      width: '56%',
      main: true,
      render: (r) => (
        <>
          <Link to={`/alarms/${r.id}`} className="row-name">
            {say(r.rule_name)}
          </Link>
          <div className="note">{say(r.reason)}</div>
        </>
      ),
    },
    {
      key: 'cases',
      title: d.nav.applications,
      render: (r) => (
        <>
          {r.cases.map((c) => (
            <div key={c.id}>
              <Link to={`/applications/${c.id}`} className="mono">
                {c.number}
              </Link>
            </div>
          ))}
        </>
      ),
    },
    {
      key: 'state',
      title: d.application.stateTitle,
      render: (r) => (
        <>
          <AlarmChip state={r.state} blocks={blocks(r)} />
          {turns[r.waits_for] && <div className="note">{turns[r.waits_for]}</div>}
        </>
      ),
    },
    { key: 'at', title: d.supervision.raised, render: (r) => <span className="note">{stampTime(r.raised_at, lang)}</span> },
  ]
  return <DataTable caption={d.supervision.list} columns={columns} rows={rows} rowKey={(r) => r.id} />
}
