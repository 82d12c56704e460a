import { useParams } from 'react-router'
import { Loaded } from '@/pattern/state/Loaded'
import { useApplication } from './api'
import { CaseView } from './CaseView'
import { FormView } from './FormView'
import { may } from './model'

/** A draft opens as its form; everything after that as the case with its calculation. */
export default function ApplicationPage() {
  const { id = '' } = useParams()
  const application = useApplication(id)
  return (
    <Loaded query={application} lines={8}>
      {(a) => (may(a, 'edit') ? <FormView key={a.id} application={a} /> : <CaseView application={a} />)}
    </Loaded>
  )
}
