import './notice.css'
import { Button, Input, Select } from 'antd'
import { useId, useState, type FormEvent } from 'react'
import { Problem } from '@/api/problem'
import { useWrite } from '@/api/write'
import { useKept } from '@/features/session/kept'
import { TextField } from '@/features/session/TextField'
import { Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { object } from './api'
import { standingRows, type Row } from './model'

interface Props {
  notice: string
  rows: Row[]
  row: number | null
  onRow: (row: number | null) => void
}

const EMPTY = { name: '', contact: '', body: '' }

/** Anybody may object; what was typed stays until it has arrived. */
export function ObjectionForm({ notice, rows, row, onRow }: Props) {
  const { d } = useLang()
  const id = useId()
  const kept = useKept<typeof EMPTY>(`objection.${notice}`)
  const [typed, setTyped] = useState(() => kept.read() ?? EMPTY)
  const write = useWrite(object(notice), () => {
    kept.forget()
    setTyped({ ...typed, body: '' })
    onRow(null)
  })
  const set = (part: Partial<typeof EMPTY>) => {
    const next = { ...typed, ...part }
    setTyped(next)
    kept.write(next)
  }
  const problem = write.error === null ? null : Problem.from(write.error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (row !== null) write.mutate({ row, ...typed })
  }
  if (write.data)
    return (
      <Card title={d.notice.objection}>
        <p role="status">
          <Say text={d.notice.receipt} parts={{ number: <b className="mono">{write.data.number}</b> }} />
        </p>
        <Button onClick={() => write.reset()}>{d.notice.another}</Button>
      </Card>
    )
  const bodyError = problem?.of('body')
  return (
    <Card title={d.notice.objection} note={d.notice.objectionNote}>
      <form className="objection-form" onSubmit={submit}>
        <div className="field">
          <label htmlFor={`${id}-row`}>{d.notice.row}</label>
          <Select id={`${id}-row`} value={row} placeholder={d.notice.pickRow} onChange={onRow} showSearch={{ optionFilterProp: 'label' }} options={standingRows(rows).map((r) => ({ value: r.row, label: `${r.number} ${r.name}` }))} />
        </div>
        <TextField name="name" label={d.notice.yourName} value={typed.name} onChange={(name) => set({ name })} error={problem?.of('name')} />
        <TextField name="contact" label={d.notice.contact} value={typed.contact} onChange={(contact) => set({ contact })} hint={d.notice.contactHint} error={problem?.of('contact')} />
        <div className="field">
          <label htmlFor={`${id}-body`}>{d.notice.body}</label>
          <Input.TextArea id={`${id}-body`} rows={4} value={typed.body} status={bodyError ? 'error' : ''} placeholder={d.notice.bodyHint} aria-invalid={Boolean(bodyError)} onChange={(event) => set({ body: event.target.value })} />
          {bodyError && <p className="note bad">{bodyError}</p>}
        </div>
        {write.error && <ErrorPanel error={write.error} />}
        <Button type="primary" htmlType="submit" disabled={write.isPending || row === null}>
          {d.notice.send}
        </Button>
      </form>
    </Card>
  )
}
