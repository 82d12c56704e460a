import './application.css'
import { Button, Input, Select } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { tableDate } from '@/calendar/date'
import { isOrganisation } from '@/features/session/model'
import { useSession } from '@/features/session/session'
import { Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable, type Column } from '@/pattern/layout/DataTable'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { ClauseRef } from '@/pattern/outcome/ClauseRef'
import { Empty, ErrorPanel, Loading } from '@/pattern/state/states'
import { useApplications } from './api'
import type { Row } from './model'
import { StateChip } from './StateChip'

/** My applications, or everyone's for an officer; the filters live in the address. */
export default function ApplicationsPage() {
  const { d } = useLang()
  const own = isOrganisation(useSession().active?.role)
  const [params] = useSearchParams()
  const filter = { state: params.get('state') ?? '', measure: params.get('measure') ?? '', q: params.get('q') ?? '' }
  const list = useApplications(filter)
  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  const filtered = Object.values(filter).some(Boolean)
  return (
    <>
      <PageHead
        title={own ? d.nav.myApplications : d.nav.applications}
        sentence={list.data && <Say text={own ? d.application.sentenceMine : d.application.sentence} parts={{ n: <b>{`${rows.length}${list.hasNextPage ? '+' : ''}`}</b> }} />}
      />
      <Card title={own ? d.nav.myApplications : d.application.list} extra={<Filters />} flush>
        {list.isPending && <Loading lines={6} />}
        {list.isError && <ErrorPanel error={list.error} onRetry={() => void list.refetch()} />}
        {list.data && rows.length === 0 && (
          <Empty title={filtered ? d.application.noneFiltered : d.application.none} next={own && !filtered && <Link to="/match">{d.nav.match}</Link>} />
        )}
        {rows.length > 0 && <Rows rows={rows} own={own} />}
        {list.hasNextPage && (
          <div className="card-body">
            <Button disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {d.app.more}
            </Button>
          </div>
        )}
      </Card>
    </>
  )
}

function Filters() {
  const { d } = useLang()
  const [params, setParams] = useSearchParams()
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(params)
    if (value) next.set(name, value)
    else next.delete(name)
    setParams(next, { replace: true })
  }
  return (
    <>
      <Input.Search
        allowClear
        size="small"
        className="filter-q"
        placeholder={d.application.filterText}
        aria-label={d.application.filterText}
        defaultValue={params.get('q') ?? ''}
        onSearch={(value) => set('q', value.trim())}
      />
      <Select
        size="small"
        className="filter-state"
        aria-label={d.application.filterState}
        value={params.get('state') ?? ''}
        onChange={(value) => set('state', value)}
        options={[{ value: '', label: d.application.anyState }, ...Object.entries(d.application.state).map(([value, label]) => ({ value, label }))]}
      />
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
    { key: 'state', title: d.application.stateTitle, render: (r) => <StateChip state={r.state} /> },
    { key: 'amount', title: d.today.amount, number: true, render: (r) => (r.amount_fen === null ? <span className="faint">—</span> : <Money fen={r.amount_fen} />) },
    { key: 'at', title: d.application.submittedOn, render: (r) => <span className="num">{tableDate(r.submitted_on, lang)}</span> },
    {
      key: 'clock',
      title: d.application.turn,
      render: (r) => turns[r.waits_for] ?? '',
    },
  ]
  return <DataTable caption={d.application.list} columns={columns} rows={rows} rowKey={(r) => r.id} />
}
