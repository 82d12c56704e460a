import './shell.css'
import { Button, Input, Popover } from 'antd'
import { useId, useState, type FormEvent } from 'react'
import { answer, api, once } from '@/api/client'
import { useWrite } from '@/api/write'
import { headDate } from '@/calendar/date'
import { useLang } from '@/i18n'
import { ErrorPanel } from '@/pattern/state/states'

const move = (day: string, key: string) => answer(api.POST('/sandbox/date', { ...once(key), body: { day } }))

/** The sandbox's day: a control, since nothing else makes its periods pass. */
export function SandboxDate({ today }: { today: string }) {
  const { d, lang } = useLang()
  const [open, setOpen] = useState(false)
  return (
    <Popover open={open} onOpenChange={setOpen} trigger="click" placement="bottomRight" destroyOnHidden content={<Form today={today} onDone={() => setOpen(false)} />}>
      <button type="button" className="date-button" aria-label={`${d.sandboxDate.label} ${headDate(today, lang)}`} aria-expanded={open}>
        {headDate(today, lang)}
      </button>
    </Popover>
  )
}

function Form({ today, onDone }: { today: string; onDone: () => void }) {
  const { d } = useLang()
  const id = useId()
  const [day, setDay] = useState(today)
  const write = useWrite(move, onDone)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    write.mutate(day)
  }
  return (
    <form className="date-form" onSubmit={submit}>
      <label htmlFor={id}>{d.sandboxDate.field}</label>
      <Input id={id} type="date" value={day} min={today} onChange={(event) => setDay(event.target.value)} aria-describedby={`${id}-note`} />
      <p id={`${id}-note`} className="note">
        {d.sandboxDate.forward}
      </p>
      <Button type="primary" htmlType="submit" disabled={write.isPending || day <= today}>
        {d.sandboxDate.move}
      </Button>
      {write.error && <ErrorPanel error={write.error} />}
    </form>
  )
}
