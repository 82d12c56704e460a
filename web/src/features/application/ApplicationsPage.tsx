import './application.css'
import { Select } from 'antd'
import { Link } from 'react-router'
import { tableDate } from '@/calendar/date'
import { useCalls } from '@/features/call/api'
import { isOfficial, isOrganisation } from '@/features/session/model'
import { useMeasures } from '@/features/policy/api'
import { useSession } from '@/features/session/session'
import { Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable, type Column } from '@/pattern/layout/DataTable'
import { SearchFilter, useFilter } from '@/pattern/layout/Filter'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { ClauseRef } from '@/pattern/outcome/ClauseRef'
import { countOf, Paged, rowsOf } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { Clock } from '@/pattern/time/Clock'
import { useApplications } from './api'
import { faceOf, type Row } from './model'
import { LaneUses } from './Lane'
import { StateChip } from './StateChip'

/** My applications, or everyone's for an officer; the filters live in the address. */
export default function ApplicationsPage() {
  const { d } = useLang()
  const own = isOrganisation(useSession().active?.role)
  const [state] = useFilter('state')
  const [measure] = useFilter('measure')
  const [call] = useFilter('call')
  const [q] = useFilter('q')
  const [lane] = useFilter('lane')
  const role = useSession().active?.role
  const list = useApplications({ state, measure, call, q, lane })
  const filtered = [state, measure, call, q, lane].some(Boolean)
  const sentence = filtered ? d.application.sentenceFiltered : own ? d.application.sentenceMine : d.application.sentence
  return (
    <>
      <PageHead title={own ? d.nav.myApplications : d.nav.applications} sentence={list.data && (rowsOf(list).length > 0 ? <Say text={sentence} parts={{ n: <b>{countOf(list)}</b> }} /> : filtered ? d.application.noneFiltered : d.application.none)} />
      <div className="stack">
        <Card title={d.application.list} extra={<Filters />} flush>
        <Paged query={list} empty={<Empty title={filtered ? d.application.noneFiltered : d.application.none} next={filtered ? <Link to="/applications">{d.app.clearFilters}</Link> : own && <Link to="/match">{d.nav.match}</Link>} />}>
          {(rows) => <Rows rows={rows} own={own} />}
        </Paged>
      </Card>
      {lane !== '' && (isOfficial(role) || role === 'auditor') && <LaneUses />}
      </div>
    </>
  )
}

function Filters() {
  const { d, say } = useLang()
  const [state, setState] = useFilter('state')
  const [measure, setMeasure] = useFilter('measure')
  const [call, setCall] = useFilter('call')
  const [lane, setLane] = useFilter('lane')
  const calls = rowsOf(useCalls({ measure: '', state: '' }))
  const measures = useMeasures().data?.filter((m) => m.rule_type === 'payable' || m.id === measure) ?? []
  return (
    <>
      <SearchFilter name="q" label={d.application.filterText} />
      <Select size="small" className="filter-measure" aria-label={d.today.measure} value={measure} onChange={setMeasure} options={[{ value: '', label: d.application.anyMeasure }, ...measures.map((m) => ({ value: m.id, label: say(m.name) }))]} />
      {(calls.length > 0 || call) && (
        <Select size="small" className="filter-measure" aria-label={d.call.name} value={call} onChange={setCall} options={[{ value: '', label: d.call.anyCall }, ...calls.map((c) => ({ value: c.id, label: say(c.terms.name) }))]} />
      )}
      <Select size="small" className="filter-state" aria-label={d.lane.title} value={lane} onChange={setLane} options={[{ value: '', label: d.lane.any }, { value: 'green', label: d.lane.green }, { value: 'marked', label: d.lane.marked }]} />
      <Select size="small" className="filter-state" listHeight={480} aria-label={d.application.filterState} value={state} onChange={setState} options={[{ value: '', label: d.application.anyState }, ...Object.entries(d.application.state).map(([value, label]) => ({ value, label }))]} />
    </>
  )
}

function Rows({ rows, own }: { rows: Row[]; own: boolean }) {
  const { d, lang, say } = useLang()
  const turns: Record<string, string> = d.application.turnOf
  const columns: Column<Row>[] = [
    {
      key: 'what',
      title: own ? d.today.measure : d.application.applicant,
      main: true,
      render: (r) => (
        <>
          <Link to={`/applications/${r.id}`} className="row-name">
            {own ? say(r.name) : r.org}
          </Link>{' '}
          <span className="note mono">{r.number}</span>
          <div className="note">{own ? r.object : say(r.name)}</div>
        </>
      ),
    },
    { key: 'clause', title: d.today.basis, render: (r) => <ClauseRef clause={r.clause} /> },
    { key: 'state', title: d.application.stateTitle, render: (r) => <><StateChip state={r.state} /> {r.lane === 'green' && <span className="chip chip-eligible">{d.lane.green}</span>}</> },
    { key: 'amount', title: d.today.amount, number: true, render: (r) => (r.amount_fen === null ? <span className="faint">—</span> : <Money fen={r.amount_fen} />) },
    { key: 'at', title: d.application.submittedOn, render: (r) => <span className="num">{tableDate(r.submitted_on, lang)}</span> },
    {
      key: 'clock',
      title: d.application.turn,
      render: (r) => <Turn row={r} name={turns[r.waits_for]} />,
    },
  ]
  return <DataTable caption={d.application.list} columns={columns} rows={rows} rowKey={(r) => r.id} />
}

/** Whose turn it is, and how much of the promise is left. */
function Turn({ row, name }: { row: Row; name: string | undefined }) {
  const face = faceOf(row.promise)
  if (!name) return <span className="faint">—</span>
  return (
    <>
      {name}
      {face && (
        <div>
          <Clock face={face} />
        </div>
      )}
    </>
  )
}
