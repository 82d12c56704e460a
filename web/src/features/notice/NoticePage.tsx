import './notice.css'
import { Button } from 'antd'
import { useRef, useState } from 'react'
import { Link, useParams } from 'react-router'
import { useWrite } from '@/api/write'
import { sentenceDate } from '@/calendar/date'
import { useMeasureName } from '@/features/policy/api'
import { isOfficial } from '@/features/session/model'
import { useSession } from '@/features/session/session'
import { Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable, type Column } from '@/pattern/layout/DataTable'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { Loaded } from '@/pattern/state/Loaded'
import { Paged, rowsOf } from '@/pattern/state/Paged'
import { Empty, ErrorPanel } from '@/pattern/state/states'
import { publish, useNotice, useRows } from './api'
import { saying, standing, type Notice, type Row } from './model'
import { NoticeChip } from './NoticesPage'
import { ObjectionForm } from './ObjectionForm'
import { Objections } from './Objections'

/** One public notice: the proposed awards, and the door for objections. */
export default function NoticePage() {
  const { id = '' } = useParams()
  return (
    <Loaded query={useNotice(id)} lines={6}>
      {(notice) => <Page notice={notice} />}
    </Loaded>
  )
}

function Page({ notice }: { notice: Notice }) {
  const { d, lang, say } = useLang()
  const role = useSession().active?.role
  const officer = isOfficial(role) || role === 'auditor'
  const rows = useRows(notice.id)
  const [row, setRow] = useState<number | null>(null)
  const form = useRef<HTMLDivElement>(null)
  const running = standing(notice) === 'open'
  const objectTo = (r: Row) => {
    setRow(r.row)
    form.current?.scrollIntoView()
    form.current?.querySelector('input')?.focus()
  }
  return (
    <>
      <PageHead
        title={say(notice.title)}
        aside={
          <>
            <span className="mono">{notice.number}</span> <NoticeChip notice={notice} />
          </>
        }
        crumbs={<Link to="/notices">{d.notice.title}</Link>}
        sentence={
          <>
            <Say text={d.notice[saying(notice)]} parts={{ ends: sentenceDate(notice.ends_on, lang), left: <b>{notice.workdays_left}</b>, days: <b>{notice.days}</b> }} />{' '}
            <Link to={`/calls/${notice.call}`}>{d.notice.call}</Link>
          </>
        }
      />
      <div className="stack">
        {notice.state === 'draft' && role === 'office' && <Publish notice={notice} />}
        <Card title={d.notice.rows} note={d.notice.rowsNote} flush>
          <Paged query={rows} empty={<Empty title={d.notice.rowsNone} />}>
            {(items) => <Rows rows={items} officer={officer} onObject={running ? objectTo : null} />}
          </Paged>
        </Card>
        {running && (
          <div ref={form}>
            <ObjectionForm notice={notice.id} rows={rowsOf(rows)} row={row} onRow={setRow} />
          </div>
        )}
        {officer && notice.state === 'published' && <Objections notice={notice.id} rows={rowsOf(rows)} answers={role === 'office'} />}
      </div>
    </>
  )
}

function Publish({ notice }: { notice: Notice }) {
  const { d } = useLang()
  const write = useWrite(publish(notice.id))
  return (
    <Card title={d.notice.publish}>
      <p className="note">{notice.may_publish ? d.notice.publishNote : d.notice.publishOther}</p>
      {notice.may_publish && (
        <Button type="primary" disabled={write.isPending} onClick={() => write.mutate(notice.revision)}>
          {d.notice.publish}
        </Button>
      )}
      {write.error && <ErrorPanel error={write.error} />}
    </Card>
  )
}

function Rows({ rows, officer, onObject }: { rows: Row[]; officer: boolean; onObject: ((row: Row) => void) | null }) {
  const { d, say } = useLang()
  const measure = useMeasureName()
  const columns: Column<Row>[] = [
    { key: 'rank', title: d.notice.rank, render: (r) => (r.rank > 0 ? <span className="num">{r.rank}</span> : <span className="faint">—</span>) },
    {
      key: 'org',
      title: d.notice.org,
      main: true,
      render: (r) => (
        <>
          <span className={r.withdrawn ? 'row-name struck' : 'row-name'}>{r.name}</span>{' '}
          {r.exception !== '' && (
            <span className="chip chip-lacking" title={r.exception}>
              {d.exception.chip}
            </span>
          )}
          <div className="note">
            <span className="mono">{r.code}</span> {officer ? <Link to={`/applications/${r.application}`}>{r.number}</Link> : r.number}
          </div>
          {r.withdrawn && (
            <div className="bad">
              {d.notice.withdrawn} · {say(r.withdrawn)}
            </div>
          )}
        </>
      ),
    },
    { key: 'measure', title: d.notice.measure, render: (r) => say(measure(r.measure)) },
    { key: 'object', title: d.notice.object, render: (r) => r.object || <span className="faint">—</span> },
    {
      key: 'amount',
      title: d.notice.amount,
      number: true,
      render: (r) => (
        <span className={r.withdrawn ? 'struck' : ''}>
          <Money fen={r.amount_fen} />
        </span>
      ),
    },
  ]
  if (onObject)
    columns.push({
      key: 'object-to',
      title: '',
      render: (r) =>
        r.withdrawn ? null : (
          <button type="button" className="link-button" aria-label={`${d.notice.objectTo} ${r.name}`} onClick={() => onObject(r)}>
            {d.notice.objectTo}
          </button>
        ),
    })
  return <DataTable caption={d.notice.rows} columns={columns} rows={rows} rowKey={(r) => String(r.row)} />
}
