import './message.css'
import { Button, Select } from 'antd'
import { Link } from 'react-router'
import { useWrite } from '@/api/write'
import { stampTime } from '@/calendar/date'
import { useSession } from '@/features/session/session'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { SearchFilter, useFilter } from '@/pattern/layout/Filter'
import { PageHead } from '@/pattern/layout/PageHead'
import { Paged } from '@/pattern/state/Paged'
import { Empty, ErrorPanel } from '@/pattern/state/states'
import { mark, markAll, useMessages, useUnread, type Row } from './api'

/** What the reader was told, unread ones first; the filters live in the address. */
export default function MessagesPage() {
  const { d } = useLang()
  const manages = useSession().active?.role === 'org_manager'
  const [q] = useFilter('q')
  const [topic] = useFilter('topic')
  const [unread] = useFilter('unread')
  const list = useMessages({ q, topic, unread: unread === '1' })
  const counts = useUnread()
  const all = useWrite(markAll)
  const filtered = [q, topic, unread].some(Boolean)
  const waiting = counts.data?.unread ?? 0
  return (
    <>
      <PageHead
        title={d.message.title}
        sentence={counts.data && <Say text={waiting > 0 ? d.message.sentence : d.message.sentenceNone} parts={{ n: <b>{waiting}</b> }} />}
        actions={
          <>
            {manages && (
              <Link to="/webhooks">
                <Button>{d.message.webhooks}</Button>
              </Link>
            )}
            <Link to="/messages/settings">
              <Button>{d.message.settings}</Button>
            </Link>
            <Button disabled={waiting === 0 || all.isPending} onClick={() => counts.data && all.mutate({ through: counts.data.as_of })}>
              {d.message.readAll}
            </Button>
          </>
        }
      />
      {all.error && <ErrorPanel error={all.error} />}
      <Card title={d.message.list} extra={<Filters />} flush>
        <Paged query={list} empty={<Empty title={filtered ? d.message.noneFiltered : d.message.none} next={filtered ? <Link to="/messages">{d.app.clearFilters}</Link> : d.message.noneNext} />}>
          {(rows) => <Rows rows={rows} />}
        </Paged>
      </Card>
    </>
  )
}

function Filters() {
  const { d, say } = useLang()
  const [topic, setTopic] = useFilter('topic')
  const [unread, setUnread] = useFilter('unread')
  const topics = useUnread().data?.topics ?? []
  return (
    <>
      <SearchFilter name="q" label={d.message.find} />
      <Select size="small" className="filter-measure" aria-label={d.message.topic} value={topic} onChange={setTopic} options={[{ value: '', label: d.message.anyTopic }, ...topics.map((t) => ({ value: t.topic, label: say(t.name) }))]} />
      <Select
        size="small"
        className="filter-state"
        aria-label={d.message.unreadOnly}
        value={unread}
        onChange={setUnread}
        options={[
          { value: '', label: d.message.readAndUnread },
          { value: '1', label: d.message.unreadOnly },
        ]}
      />
    </>
  )
}

function Rows({ rows }: { rows: Row[] }) {
  const { d, lang, say } = useLang()
  const topics = useUnread().data?.topics ?? []
  const marking = useWrite(mark)
  const name = (topic: string) => say(topics.find((t) => t.topic === topic)?.name)
  return (
    <>
      {marking.error && <ErrorPanel error={marking.error} />}
      <ul className="messages">
        {rows.map((m) => (
          <li key={m.id} className={m.read ? 'message' : 'message message-unread'}>
            <div className="message-words">
              <h3>
                {!m.read && <span className="visually-hidden">{d.message.unread} </span>}
                {m.link ? (
                  // Who follows a message has read it.
                  <Link to={m.link} onClick={() => !m.read && marking.mutate({ id: m.id, read: true })}>
                    {say(m.title)}
                  </Link>
                ) : (
                  say(m.title)
                )}
              </h3>
              <p className="message-body">{say(m.body)}</p>
              <p className="note">
                {[name(m.topic), stampTime(m.at, lang)].filter(Boolean).join(' · ')}
                <EmailState row={m} />
              </p>
            </div>
            <button type="button" className="link-button message-mark" disabled={marking.isPending} aria-label={`${m.read ? d.message.markUnread : d.message.markRead} ${say(m.title)}`} onClick={() => marking.mutate({ id: m.id, read: !m.read })}>
              {m.read ? d.message.markUnread : d.message.markRead}
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}

/** How its e-mail went, where there is something to say. */
function EmailState({ row }: { row: Row }) {
  const { d, lang } = useLang()
  const { state, reason, at, digest } = row.email
  switch (state) {
    case 'sent':
      return <> · {fill(digest ? d.message.sentDigest : d.message.sent, { at: stampTime(at, lang) })}</>
    case 'waiting':
      return <> · {digest ? d.message.waitingDigest : d.message.waiting}</>
    case 'failed':
      return <span className="lacking"> · {fill(d.message.failed, { why: reason === 'not_answered' ? d.message.notAnswered : reason })}</span>
    default:
      return null // not sent: the settings say why
  }
}
