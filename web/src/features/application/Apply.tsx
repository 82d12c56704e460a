import './form.css'
import { AutoComplete, Button } from 'antd'
import { useId, useState } from 'react'
import { useNavigate } from 'react-router'
import { useWrite } from '@/api/write'
import { startApplication, useMatches } from '@/features/match/api'
import { useSession } from '@/features/session/session'
import { useLang } from '@/i18n'
import { ErrorPanel } from '@/pattern/state/states'
import { useCallForm } from './api'

/** Starts an organisation's application under a call: for a model or a project that it names, known or new. */
export function Apply({ call, measure }: { call: string; measure: string }) {
  const { active } = useSession()
  if (!active?.org || (active.role !== 'org_manager' && active.role !== 'org_member')) return null
  return <Start call={call} measure={measure} org={active.org.code} />
}

function Start({ call, measure, org }: { call: string; measure: string; org: string }) {
  const { d } = useLang()
  const id = useId()
  const navigate = useNavigate()
  const form = useCallForm(call, measure)
  const matches = useMatches(org)
  const [object, setObject] = useState('')
  const start = useWrite(startApplication(org), (created) => void navigate(`/applications/${created.id}`))
  if (!form.data) return null
  const names: Record<string, string> = d.form.object
  const kind = names[form.data.class] ?? form.data.class
  const known = matches.data?.results.filter((m) => m.measure === measure && m.object !== '' && m.application === null).map((m) => ({ value: m.object })) ?? []
  return (
    <form
      className="apply"
      onSubmit={(event) => {
        event.preventDefault()
        start.mutate({ measure, object: object.trim() })
      }}
    >
      {form.data.class !== '' && (
        <>
          <label htmlFor={id}>{kind}</label>
          <AutoComplete id={id} value={object} options={known} maxLength={200} placeholder={d.form.startFor} onChange={(value) => setObject(value ?? '')} />
        </>
      )}
      <Button htmlType="submit" type="primary" disabled={start.isPending || (form.data.class !== '' && object.trim() === '')}>
        {d.form.apply}
      </Button>
      {start.error && <ErrorPanel error={start.error} />}
    </form>
  )
}
