import './call.css'
import { Button } from 'antd'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { Problem } from '@/api/problem'
import { useWrite } from '@/api/write'
import { draft, useNotices } from '@/features/notice/api'
import { NoticeChip } from '@/features/notice/NoticesPage'
import { TextField } from '@/features/session/TextField'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { rowsOf } from '@/pattern/state/Paged'
import { ErrorPanel } from '@/pattern/state/states'
import { en } from '@/i18n/en'
import { zh } from '@/i18n/zh'
import type { Call } from './model'

/** The call's notices, and for the office the draft of a new one over its proposed awards. */
export function CallNotices({ call, drafts }: { call: Call; drafts: boolean }) {
  const { d, say } = useLang()
  const own = rowsOf(useNotices({ call: call.id }))
  if (own.length === 0 && !drafts) return null
  return (
    <Card title={d.call.notices} note={d.call.noticesNote}>
      <ul className="lacks">
        {own.map((n) => (
          <li key={n.id}>
            <Link to={`/notices/${n.id}`}>{say(n.title)}</Link> <NoticeChip notice={n} />
          </li>
        ))}
      </ul>
      {drafts && <Draft call={call} />}
    </Card>
  )
}

function Draft({ call }: { call: Call }) {
  const { d } = useLang()
  const navigate = useNavigate()
  const { name } = call.terms
  const [title, setTitle] = useState({ zh: fill(zh.call.noticeTitleOf, { name: name.zh }), en: fill(en.call.noticeTitleOf, { name: name.en }) })
  const [days, setDays] = useState(String(call.terms.notice || 5))
  const write = useWrite(draft, (made) => void navigate(`/notices/${made.id}`))
  const problem = write.error === null ? null : Problem.from(write.error)
  return (
    <div className="act-form">
      <TextField name="title-zh" label={`${d.call.noticeTitle} 中`} value={title.zh} onChange={(text) => setTitle({ ...title, zh: text })} error={problem?.of('title.zh')} />
      <TextField name="title-en" label={`${d.call.noticeTitle} EN`} value={title.en} onChange={(text) => setTitle({ ...title, en: text })} error={problem?.of('title.en')} />
      <TextField name="days" label={d.call.noticeDays} value={days} onChange={setDays} error={problem?.of('days') ?? (/^\d{1,3}$/.test(days) ? undefined : d.call.form.whole)} />
      <Button disabled={write.isPending || !/^\d{1,3}$/.test(days)} onClick={() => write.mutate({ title, call: call.id, days: Number(days) })}>
        {d.call.draftNotice}
      </Button>
      {write.error && <ErrorPanel error={write.error} />}
    </div>
  )
}
