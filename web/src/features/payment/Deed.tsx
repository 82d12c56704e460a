import './payment.css'
import { Button, Input } from 'antd'
import { useState, type ReactNode } from 'react'
import { useWrite } from '@/api/write'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'

interface Props {
  title: string
  /** One line of money and party, and whether it can be undone. */
  summary: ReactNode
  hint: string
  /** The button names the effect. */
  act: string
  run: (note: string, key: string) => Promise<unknown>
  onDone: () => void
}

/** An act that stays on record: what it does, why, and the button that does it. */
export function Deed({ title, summary, hint, act, run, onDone }: Props) {
  const { d } = useLang()
  const [note, setNote] = useState('')
  const write = useWrite(run, onDone)
  return (
    <Card title={title} className="deed">
      <p>{summary}</p>
      <Input.TextArea autoFocus aria-label={d.payment.note} autoSize={{ minRows: 2, maxRows: 6 }} maxLength={2000} placeholder={hint} value={note} onChange={(event) => setNote(event.target.value)} />
      {write.error && <ErrorPanel error={write.error} />}
      <div className="row">
        <Button type="primary" disabled={write.isPending || !note.trim()} onClick={() => write.mutate(note.trim())}>
          {act}
        </Button>
        <Button onClick={onDone}>{d.app.cancel}</Button>
      </div>
    </Card>
  )
}
