import '@/pattern/outcome/outcome.css'
import './notice.css'
import { Button } from 'antd'
import { Link } from 'react-router'
import { mayOpen } from '@/app/nav'
import { tableDate } from '@/calendar/date'
import { useSession } from '@/features/session/session'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable, type Column } from '@/pattern/layout/DataTable'
import { SearchFilter, useFilter } from '@/pattern/layout/Filter'
import { PageHead } from '@/pattern/layout/PageHead'
import { countOf, Paged, rowsOf } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { useNotices } from './api'
import { standing, type Notice } from './model'

/** Every public notice, for everybody; officers see drafts. */
export default function NoticesPage() {
  const { d } = useLang()
  const [q] = useFilter('q')
  const list = useNotices({ q })
  const rows = rowsOf(list)
  const open = rows.filter((n) => standing(n) === 'open').length
  const role = useSession().active?.role
  return (
    <>
      <PageHead
        title={d.notice.title}
        sentence={list.data && (rows.length === 0 ? (q ? d.notice.noneFound : d.notice.none) : <Say text={d.notice.sentence} parts={{ n: <b>{countOf(list)}</b>, open: <b>{open}</b> }} />)}
        actions={
          mayOpen(role, '/objections') && (
            <Link to="/objections">
              <Button>{d.notice.objectionsTitle}</Button>
            </Link>
          )
        }
      />
      <Card title={d.notice.list} extra={<SearchFilter name="q" label={d.notice.search} />} flush>
        <Paged query={list} empty={<Empty title={q ? d.notice.noneFound : d.notice.none} next={q ? <Link to="/notices">{d.app.clearFilters}</Link> : d.notice.noneNext} />}>
          {(notices) => <Rows notices={notices} />}
        </Paged>
      </Card>
    </>
  )
}

function Rows({ notices }: { notices: Notice[] }) {
  const { d, lang, say } = useLang()
  const columns: Column<Notice>[] = [
    {
      key: 'title',
      title: d.notice.name,
      main: true,
      render: (n) => (
        <>
          <Link to={`/notices/${n.id}`} className="row-name">
            {say(n.title)}
          </Link>{' '}
          <span className="note mono">{n.number}</span>
        </>
      ),
    },
    { key: 'state', title: d.application.stateTitle, render: (n) => <NoticeChip notice={n} /> },
    {
      key: 'until',
      title: d.notice.until,
      render: (n) => (
        <span>
          <span className="num">{tableDate(n.ends_on, lang)}</span>
          {standing(n) === 'open' && <div className="note">{n.workdays_left > 0 ? fill(d.notice.left, { n: n.workdays_left }) : d.notice.lastDay}</div>}
        </span>
      ),
    },
  ]
  return <DataTable caption={d.notice.list} columns={columns} rows={notices} rowKey={(n) => n.id} />
}

/** Where a notice stands, in words. */
export function NoticeChip({ notice }: { notice: Notice }) {
  const { d } = useLang()
  const at = standing(notice)
  return <span className={`chip ${at === 'open' ? 'chip-eligible' : ''}`}>{d.notice.state[at]}</span>
}
