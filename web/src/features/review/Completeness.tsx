import { Button, Checkbox, Input } from 'antd'
import { useState } from 'react'
import { useWrite } from '@/api/write'
import { stampTime } from '@/calendar/date'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { recordCheck, type CaseReview } from './api'

const TONE = { unchecked: '', complete: 'chip-eligible', lacking: 'chip-lacking' }

/** The completeness check, item by item: the newest one, and the form for another. */
export function Completeness({ id, review: r, office }: { id: string; review: CaseReview; office: boolean }) {
  const { d, lang, say } = useLang()
  const w = d.review
  const [again, setAgain] = useState(false)
  const form = office && (again || r.check === null)
  return (
    <Card title={w.completeness} note={<span className={`chip ${TONE[r.completeness]}`}>{w.completenessState[r.completeness]}</span>}>
      {r.check && !form && (
        <>
          <ul className="lacks">
            {r.check.items.map((item) => (
              <li key={item.id}>
                {item.complete ? '●' : '◐'} {say(item.name)} {!item.complete && <span className="lacking">{item.lacks}</span>}
              </li>
            ))}
          </ul>
          <p className="note">{fill(w.checkedBy, { name: r.check.by, at: stampTime(r.check.at, lang) })}</p>
          {office && (
            <Button size="small" onClick={() => setAgain(true)}>
              {w.checkAgain}
            </Button>
          )}
        </>
      )}
      {form && <Form id={id} review={r} onDone={() => setAgain(false)} />}
    </Card>
  )
}

function Form({ id, review: r, onDone }: { id: string; review: CaseReview; onDone: () => void }) {
  const { d, say } = useLang()
  const w = d.review
  const [lacks, setLacks] = useState<Record<string, string | null>>(() => Object.fromEntries(r.wanted.map((item) => [item.id, r.check?.items.find((i) => i.id === item.id && !i.complete)?.lacks ?? null])))
  const send = useWrite(recordCheck(id), onDone)
  const ready = Object.values(lacks).every((text) => text === null || text.trim() !== '')
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        send.mutate({ items: r.wanted.map((item) => ({ id: item.id, complete: lacks[item.id] === null, lacks: (lacks[item.id] ?? '').trim() })) })
      }}
    >
      <ul className="lacks">
        {r.wanted.map((item) => (
          <li key={item.id}>
            <Checkbox checked={lacks[item.id] === null} onChange={(e) => setLacks((all) => ({ ...all, [item.id]: e.target.checked ? null : '' }))}>
              {say(item.name)} <span className="note">{w.complete}</span>
            </Checkbox>
            {lacks[item.id] !== null && <Input aria-label={`${w.lacks} ${say(item.name)}`} placeholder={w.lacks} maxLength={500} value={lacks[item.id] ?? ''} onChange={(e) => setLacks((all) => ({ ...all, [item.id]: e.target.value }))} />}
          </li>
        ))}
      </ul>
      {send.error && <ErrorPanel error={send.error} />}
      <div>
        <Button htmlType="submit" disabled={!ready || send.isPending}>
          {w.checkGo}
        </Button>
      </div>
    </form>
  )
}
