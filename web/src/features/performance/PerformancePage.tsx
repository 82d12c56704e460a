import '@/pattern/outcome/outcome.css'
import { Select } from 'antd'
import { Link } from 'react-router'
import { tableDate } from '@/calendar/date'
import { isOrganisation } from '@/features/session/model'
import { useMatterName } from '@/features/policy/api'
import { useSession } from '@/features/session/session'
import { Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { SearchFilter, useFilter } from '@/pattern/layout/Filter'
import { PageHead } from '@/pattern/layout/PageHead'
import { countOf, Paged, rowsOf } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { Clock } from '@/pattern/time/Clock'
import { useReports, type Report } from './api'
import { Measures } from './Measures'

/** Reports that are due, and, for an office, what each measure's money came to. */
export default function PerformancePage() {
  const { d } = useLang()
  const own = isOrganisation(useSession().active?.role)
  const [state, setState] = useFilter('state')
  const [q] = useFilter('q')
  const list = useReports(state, q)
  const late = rowsOf(list).filter((r) => r.overdue).length
  return (
    <>
      <PageHead
        title={d.performance.title}
        sentence={list.data && (rowsOf(list).length > 0 || state || q ? <Say text={own ? d.performance.sentenceMine : d.performance.sentence} parts={{ n: <b>{countOf(list)}</b>, late: <b className={late > 0 ? 'bad' : ''}>{late}</b> }} /> : d.performance.none)}
      />
      <div className="stack">
        {!own && <Measures />}
        <Card
          title={d.performance.list}
          extra={
            <>
              <SearchFilter name="q" label={d.performance.search} />
              <Select size="small" className="filter-state" aria-label={d.performance.state} value={state} onChange={setState} options={[{ value: '', label: d.payment.anyState }, ...Object.entries(d.performance.stateName).map(([value, label]) => ({ value, label }))]} />
            </>
          }
          flush
        >
          <Paged query={list} empty={<Empty title={q || state ? d.performance.noneFound : d.performance.none} next={(q || state) && <Link to="/performance">{d.app.clearFilters}</Link>} />}>
            {(rows) => <Rows rows={rows} own={own} />}
          </Paged>
        </Card>
      </div>
    </>
  )
}

function Rows({ rows, own }: { rows: Report[]; own: boolean }) {
  const { d, lang } = useLang()
  const matter = useMatterName()
  return (
    <DataTable
      caption={d.performance.list}
      rows={rows}
      rowKey={(r) => r.id}
      columns={[
        {
          key: 'what',
          title: own ? d.performance.number : d.performance.org,
          main: true,
          render: (r) => (
            <>
              <Link to={`/performance/${r.id}`} className="row-name">
                {own ? matter(r.measure, r.matter) : r.org_name}
              </Link>{' '}
              <span className="note mono">{r.number}</span>
              {!own && <div className="note">{matter(r.measure, r.matter)}</div>}
            </>
          ),
        },
        { key: 'case', title: d.payment.case, render: (r) => <Link className="mono" to={`/applications/${r.case}`}>{r.case_number}</Link> },
        { key: 'state', title: d.performance.state, render: (r) => <ReportChip report={r} /> },
        { key: 'due', title: d.performance.due, render: (r) => <div><span className="num">{tableDate(r.due_on, lang)}</span>{(r.state === 'due' || r.state === 'returned') && <div><Clock face={{ left: r.workdays_left, total: Math.max(r.workdays_left, 1) }} /></div>}</div> },
      ]}
    />
  )
}

export function ReportChip({ report: r }: { report: Pick<Report, 'state' | 'overdue'> }) {
  const { d } = useLang()
  return <span className={`chip ${r.overdue ? 'chip-bad' : r.state === 'accepted' ? 'chip-eligible' : r.state === 'submitted' ? '' : 'chip-lacking'}`}>{d.performance.stateName[r.state]}</span>
}
