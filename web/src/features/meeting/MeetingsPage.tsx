import { Select } from 'antd'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { useWrite } from '@/api/write'
import { tableDate } from '@/calendar/date'
import { useSession } from '@/features/session/session'
import { Say, useLang } from '@/i18n'
import { ActForm, Choice, Field, Words } from '@/pattern/form/Form'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { useFilter } from '@/pattern/layout/Filter'
import { PageHead } from '@/pattern/layout/PageHead'
import { countOf, Paged } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { meet, useBodies, useMeetings, type Meeting } from './api'

/** Meetings of the bodies that lead (领导小组, 联席会议), newest first. */
export default function MeetingsPage() {
  const { d, say } = useLang()
  const w = d.meeting
  const [body, setBody] = useFilter('body')
  const list = useMeetings(body)
  const bodies = useBodies().data ?? []
  const office = useSession().active?.role === 'office'
  return (
    <>
      <PageHead title={w.title} crumbs={<Link to="/targets">{d.nav.targets}</Link>} sentence={list.data && <Say text={w.sentence} parts={{ n: <b>{countOf(list)}</b> }} />} />
      <div className="columns">
        <Card
          title={w.list}
          extra={<Select size="small" className="filter-measure" aria-label={w.body} value={body} onChange={setBody} options={[{ value: '', label: w.anyBody }, ...bodies.map((b) => ({ value: b.id, label: say(b.name) }))]} />}
          flush
        >
          <Paged query={list} empty={<Empty title={w.none} next={w.noneNext} />}>
            {(rows) => <Rows rows={rows} />}
          </Paged>
        </Card>
        {office && <Record bodies={bodies.map((b) => ({ value: b.id, label: say(b.name) }))} />}
      </div>
    </>
  )
}

function Rows({ rows }: { rows: Meeting[] }) {
  const { d, lang, say } = useLang()
  const w = d.meeting
  return (
    <DataTable
      caption={w.list}
      rows={rows}
      rowKey={(m) => m.id}
      columns={[
        {
          key: 'title',
          title: w.name,
          main: true,
          render: (m) => (
            <>
              <Link to={`/meetings/${m.id}`} className="row-name">
                {m.title}
              </Link>
              <div className="note">{say(m.body.name)}</div>
            </>
          ),
        },
        { key: 'day', title: w.day, render: (m) => <span className="num">{tableDate(m.day, lang)}</span> },
        { key: 'agenda', title: w.agendaOf, number: true, render: (m) => m.agenda.length },
      ]}
    />
  )
}

function Record({ bodies }: { bodies: { value: string; label: string }[] }) {
  const { d } = useLang()
  const w = d.meeting
  const navigate = useNavigate()
  const [body, setBody] = useState('')
  const [day, setDay] = useState('')
  const [title, setTitle] = useState('')
  const [agenda, setAgenda] = useState('')
  const send = useWrite(meet, (made) => void navigate(`/meetings/${made.id}`))
  const items = agenda.split('\n').map((line) => line.trim()).filter(Boolean)
  return (
    <Card title={w.record} note={w.recordNote}>
      <ActForm label={w.save} error={send.error} pending={send.isPending} ready={body !== '' && day !== '' && title.trim() !== ''} onSubmit={() => send.mutate({ body, day, title: title.trim(), agenda: items })}>
        <Choice label={w.body} value={body} onChange={setBody} options={bodies} />
        <Field label={w.day} type="date" value={day} onChange={setDay} />
        <Field label={w.name} value={title} onChange={setTitle} />
        <Words label={w.agenda} value={agenda} onChange={setAgenda} />
      </ActForm>
    </Card>
  )
}
