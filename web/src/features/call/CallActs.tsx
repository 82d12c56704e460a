import './call.css'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useWrite } from '@/api/write'
import { sentenceDate } from '@/calendar/date'
import { useKept } from '@/features/session/kept'
import { Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { Money } from '@/pattern/money/Money'
import { ErrorPanel } from '@/pattern/state/states'
import { close, publish } from './api'
import { budgetOf, type Call } from './model'

/** What the office does with a call: open it, or end it with a reason. */
export function CallActs({ call }: { call: Call }) {
  if (call.state === 'closed') return null
  return (
    <>
      {call.state === 'draft' && <Publish call={call} />}
      <Close call={call} />
    </>
  )
}

function Publish({ call }: { call: Call }) {
  const { d, lang } = useLang()
  const write = useWrite(publish(call.id))
  return (
    <Card title={d.call.publish}>
      <div className="act-form">
        <p>
          <Say
            text={d.call.publishLine}
            parts={{ n: <b>{call.terms.offers.length}</b>, budget: <b><Money fen={budgetOf(call.terms)} /></b>, opens: sentenceDate(call.terms.opens, lang), closes: sentenceDate(call.terms.closes, lang) }}
          />
        </p>
        <p className="note">{d.call.publishNote}</p>
        <Button type="primary" disabled={write.isPending} onClick={() => write.mutate(call.revision)}>
          {d.call.publish}
        </Button>
        {write.error && <ErrorPanel error={write.error} />}
      </div>
    </Card>
  )
}

function Close({ call }: { call: Call }) {
  const { d } = useLang()
  const kept = useKept<string>(`call-close.${call.id}`)
  const [reason, setReason] = useState(() => kept.read() ?? '')
  const write = useWrite(close(call.id), kept.forget)
  return (
    <Card title={d.call.close} note={d.call.closeNote}>
      <div className="act-form">
        <Input.TextArea
          rows={2}
          value={reason}
          aria-label={d.call.reason}
          placeholder={d.call.reasonClose}
          onChange={(event) => {
            setReason(event.target.value)
            kept.write(event.target.value)
          }}
        />
        <Button disabled={write.isPending || !reason.trim()} onClick={() => write.mutate({ revision: call.revision, reason: reason.trim() })}>
          {d.call.close}
        </Button>
        {write.error && <ErrorPanel error={write.error} />}
      </div>
    </Card>
  )
}
