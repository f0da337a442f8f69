/**
 * Makes something of what rules look at, once for all of them: they look at one subject after another, and all at the same.
 * What was made of those before is not kept, as a thousand files would otherwise be held in all their forms.
 */
export function ofLast<Subject extends object, Made>(make: (subject: Subject) => Made): (subject: Subject) => Made {
  let last: { subject: Subject; made: Made } | undefined;
  return (subject) => {
    if (last?.subject !== subject) last = { subject, made: make(subject) };
    return last.made;
  };
}
