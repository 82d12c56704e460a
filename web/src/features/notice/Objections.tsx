import '@/pattern/outcome/outcome.css'
import './notice.css'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useWrite } from '@/api/write'
import { stampTime } from '@/calendar/date'
import { useKept } from '@/features/session/kept'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { Paged, rowsOf } from '@/pattern/state/Paged'
import { Empty, ErrorPanel } from '@/pattern/state/states'
import { reply, useObjections } from './api'
import type { Objection, Row } from './model'

/** Objections against a notice, for officers: each is answered once. */
export function Objections({ notice, rows, answers }: { notice: string; rows: Row[]; answers: boolean }) {
  const { d } = useLang()
  const list = useObjections(notice)
  const open = rowsOf(list).filter((o) => o.verdict === '').length
  return (
    <Card title={d.notice.objections} note={list.data && open > 0 ? fill(d.notice.objectionsNote, { n: open }) : undefined} flush>
      <Paged query={list} empty={<Empty title={d.notice.objectionsNone} />}>
        {(items) => (
          <ul className="hits">
            {items.map((o) => (
              <li key={o.id}>
                <One objection={o} row={rows.find((r) => r.row === o.row)} answers={answers} />
              </li>
            ))}
          </ul>
        )}
      </Paged>
    </Card>
  )
}

/** One objection with its answer, or the form for it. */
export function One({ objection: o, row, answers }: { objection: Objection; row: Row | undefined; answers: boolean }) {
  const { d, lang } = useLang()
  return (
    <>
      <p className="row">
        <b className="mono">{o.number}</b>
        <span className={`chip ${o.verdict === '' ? 'chip-lacking' : ''}`}>{o.verdict === '' ? d.notice.open : d.notice.verdict[o.verdict]}</span>
        <span className="note">{stampTime(o.at, lang)}</span>
      </p>
      <p className="note">
        {fill(d.notice.against, { number: row?.number ?? `#${o.row}`, name: row?.name ?? '' })} · {fill(d.notice.from, { name: o.name, contact: o.contact })}
      </p>
      <p className="statement break">{o.body}</p>
      {o.verdict !== '' && (
        <p className="soft break">
          <b>{fill(d.notice.answeredBy, { name: o.answered_by })}</b> · {o.answer}
        </p>
      )}
      {o.verdict === '' && answers && <Answer id={o.id} number={o.number} />}
    </>
  )
}

function Answer({ id, number }: { id: string; number: string }) {
  const { d } = useLang()
  const kept = useKept<string>(`answer.${id}`)
  const [answer, setAnswer] = useState(() => kept.read() ?? '')
  const write = useWrite(reply(id), kept.forget)
  const send = (verdict: 'upheld' | 'dismissed') => write.mutate({ verdict, answer: answer.trim() })
  return (
    <div className="objection-form">
      <Input.TextArea
        rows={2}
        value={answer}
        aria-label={`${d.notice.answer} ${number}`}
        placeholder={d.notice.answerHint}
        onChange={(event) => {
          setAnswer(event.target.value)
          kept.write(event.target.value)
        }}
      />
      <p className="row">
        <Button disabled={write.isPending || !answer.trim()} onClick={() => send('upheld')}>
          {d.notice.uphold}
        </Button>
        <Button disabled={write.isPending || !answer.trim()} onClick={() => send('dismissed')}>
          {d.notice.dismiss}
        </Button>
      </p>
      {write.error && <ErrorPanel error={write.error} />}
    </div>
  )
}
