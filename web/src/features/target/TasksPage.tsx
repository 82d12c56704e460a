import './target.css'
import { Select } from 'antd'
import { Link } from 'react-router'
import { tableDate } from '@/calendar/date'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { SearchFilter, useFilter } from '@/pattern/layout/Filter'
import { PageHead } from '@/pattern/layout/PageHead'
import { ClauseRef } from '@/pattern/outcome/ClauseRef'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty } from '@/pattern/state/states'
import { useTasks, useUnits, type TaskFilter } from './api'
import { STRENGTHS, TASK_STATES, type Task, type Unit } from './model'
import { StateChip } from './StateChip'
import { UnitTable } from './UnitTable'

/** Every task with who leads it and how far it is; units by the worst of their lights. The filters live in the address. */
export default function TasksPage() {
  const { d, say } = useLang()
  const [unit, setUnit] = useFilter('unit')
  const [document] = useFilter('document')
  const [state] = useFilter('state')
  const [strength] = useFilter('strength')
  const [q] = useFilter('q')
  const filter: TaskFilter = { year: 0, unit, document, state, strength, q }
  const tasks = useTasks(filter)
  const units = useUnits(0)
  const named = units.data?.find((u) => u.id === unit)
  return (
    <>
      <PageHead
        title={named ? say(named.name) : d.target.tasks}
        crumbs={<Link to={named ? '/tasks' : '/targets'}>{named ? d.target.tasks : d.nav.targets}</Link>}
        plain={Boolean(named)}
        sentence={tasks.data && <Sentence tasks={tasks.data} />}
      />
      <div className="stack">
        {!unit && (
          <Card title={d.target.units} note={d.target.unitsNote} flush>
            <Loaded query={units} lines={6}>
              {(all) => <UnitTable units={all} onOpen={setUnit} />}
            </Loaded>
          </Card>
        )}
        <Card title={d.target.tasks} note={tasks.data && fill(d.target.count, { n: tasks.data.length })} extra={<Filters units={units.data ?? []} />} flush>
          <Loaded query={tasks} lines={8}>
            {(rows) => (rows.length === 0 ? <Empty title={d.target.noTasks} next={<Link to="/tasks">{d.app.clearFilters}</Link>} /> : <Rows rows={rows} />)}
          </Loaded>
        </Card>
      </div>
    </>
  )
}

function Sentence({ tasks }: { tasks: Task[] }) {
  const { d } = useLang()
  const of = (state: Task['state'], className = '') => (
    <Link to={`/tasks?state=${state}`}>
      <b className={className}>{tasks.filter((t) => t.state === state).length}</b>
    </Link>
  )
  return <Say text={d.target.tasksSentence} parts={{ n: <b>{tasks.length}</b>, overdue: of('overdue', 'bad'), silent: of('unreported', 'lacking'), done: of('done') }} />
}

function Filters({ units }: { units: Unit[] }) {
  const { d, say } = useLang()
  const [unit, setUnit] = useFilter('unit')
  const [document, setDocument] = useFilter('document')
  const [state, setState] = useFilter('state')
  const [strength, setStrength] = useFilter('strength')
  const any = (label: string) => ({ value: '', label })
  return (
    <>
      <SearchFilter name="q" label={d.target.find} />
      <Select size="small" showSearch optionFilterProp="label" className="filter-unit" aria-label={d.target.unit} value={unit} onChange={setUnit} options={[any(d.target.anyUnit), ...units.map((u) => ({ value: u.id, label: say(u.name) }))]} />
      <Select size="small" aria-label={d.target.document} value={document} onChange={setDocument} options={[any(d.target.anyDocument), ...['001', '004', '000'].map((id) => ({ value: id, label: id }))]} />
      <Select size="small" aria-label={d.target.state} value={state} onChange={setState} options={[any(d.target.anyState), ...TASK_STATES.map((value) => ({ value, label: d.target.taskState[value] }))]} />
      <Select size="small" aria-label={d.target.strength} value={strength} onChange={setStrength} options={[any(d.target.anyStrength), ...STRENGTHS.map((value) => ({ value, label: d.target.strengthOf[value] }))]} />
    </>
  )
}

function Rows({ rows }: { rows: Task[] }) {
  const { d, lang, say } = useLang()
  return (
    <DataTable
      caption={d.target.tasks}
      rows={rows}
      rowKey={(t) => t.id}
      columns={[
        {
          key: 'name',
          title: d.target.task,
          main: true,
          render: (t) => (
            <>
              <Link to={`/tasks/${t.id}`} className="row-name">
                {say(t.name)}
              </Link>{' '}
              <span className="note">
                {d.target.strengthOf[t.strength]}
                {t.draft && ` · ${d.target.draft}`}
              </span>
              {t.said && <div className="note">{t.said}</div>}
            </>
          ),
        },
        { key: 'clause', title: d.target.clause, render: (t) => <ClauseRef clause={t.clause} /> },
        { key: 'lead', title: d.target.lead, render: (t) => t.lead.map((u) => say(u.name)).join(d.app.listComma) },
        { key: 'state', title: d.target.state, render: (t) => <StateChip state={t.state} late={t.late_workdays} /> },
        { key: 'percent', title: d.target.progress, number: true, render: (t) => (t.percent === null ? <span className="faint">—</span> : `${t.percent}%`) },
        { key: 'due', title: d.target.due, render: (t) => (t.due ? <span className="num">{tableDate(t.due, lang)}</span> : <span className="faint">{d.target.noDate}</span>) },
      ]}
    />
  )
}
