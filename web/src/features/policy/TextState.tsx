import './policy.css'
import { Button } from 'antd'
import { useRef } from 'react'
import { useWrite } from '@/api/write'
import { useSession } from '@/features/session/session'
import { useLang } from '@/i18n'
import { ErrorPanel } from '@/pattern/state/states'
import { importDocument } from './api'
import type { PolicyDocument } from './model'

/** Whether the document's own words can stand beside its rules; an officer may bring them. */
export function TextState({ id, state }: { id: string; state: PolicyDocument['text_state'] }) {
  const { d, say } = useLang()
  const official = useSession().active?.role === 'office'
  const input = useRef<HTMLInputElement>(null)
  const bring = useWrite(importDocument)
  const other = bring.data !== undefined && bring.data.document !== id
  if (state === 'available' && !bring.data) return null
  return (
    <div className="card text-state">
      <p className={state === 'differs' ? 'bad' : 'note'}>
        {bring.data ? say(bring.data.message) : d.policy.text[state]} {other && bring.data && say(bring.data.title)}
      </p>
      {official && state !== 'available' && (
        <>
          <input
            ref={input}
            type="file"
            accept=".txt,text/plain"
            hidden
            aria-label={d.policy.bring}
            onChange={(event) => {
              const file = event.target.files?.[0]
              if (file) bring.mutate(file)
              event.target.value = ''
            }}
          />
          <Button size="small" disabled={bring.isPending} onClick={() => input.current?.click()}>
            {d.policy.bring}
          </Button>
        </>
      )}
      {bring.error && <ErrorPanel error={bring.error} />}
    </div>
  )
}
