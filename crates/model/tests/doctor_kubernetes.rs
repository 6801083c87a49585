//! The paste doctor on what Kubernetes would refuse or take otherwise than meant: each class of defect with its
//! source, its sentence, its place and its repair.
#![cfg(feature = "doctor")]

use std::collections::BTreeSet;

use binnacle_model::{Lang, Severity, doctor};

/// A defect: where the rule comes from, the text, what is found (code, line, the words in question, a part of the
/// sentence), and the text repaired (empty: nothing can be mended by itself).
type Row =
    (&'static str, &'static str, &'static [(&'static str, u32, &'static str, &'static str)], &'static str);

#[rustfmt::skip]
const YAML: &[Row] = &[
    ("YAML 1.1 bool, goyaml.v2", "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\na: y\n", &[("yaml-1-1-boolean", 4, "y", "read y as true or false")], "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\na: \"y\"\n"),
    ("YAML 1.1 bool, goyaml.v2", "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\non: b\n", &[("yaml-1-1-boolean", 4, "on", "read on as true or false")], "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\n\"on\": b\n"),
    ("YAML 1.1 int base 60", "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\nat: 22:22\n", &[("yaml-1-1-sexagesimal", 4, "22:22", "the number 1342")], "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\nat: \"22:22\"\n"),
    ("YAML 1.1 int base 60", "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\nat: nginx:1.25\nto: 10:99\n", &[], ""),
    ("YAML 1.1 int base 8", "kind: Deployment\napiVersion: apps/v1\nmetadata: {name: a}\nspec:\n  replicas: 010\n", &[("octal-number", 5, "010", "octal: 8")], ""),
    ("ConfigMapVolumeSource.defaultMode", "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  volumes:\n  - name: v\n    secret: {secretName: s, defaultMode: 644}\n", &[("mode-decimal", 7, "644", "as permissions is 01204")], "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  volumes:\n  - name: v\n    secret: {secretName: s, defaultMode: 0644}\n"),
    ("ConfigMapVolumeSource.defaultMode", "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  volumes:\n  - name: v\n    secret: {secretName: s, defaultMode: 420}\n  - name: w\n    secret: {secretName: s, defaultMode: 0o644}\n  - name: x\n    secret: {secretName: s, defaultMode: 0644}\n", &[], ""),
    ("RFC 8259 section 6", "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\na: .inf\n", &[("not-finite", 4, ".inf", "no number that JSON")], "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\na: \".inf\"\n"),
    ("PS 14", "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\nspec:\n  a: 1\n  b: 2\n  a: 3\n", &[("duplicate-key", 7, "a", "set in line 5 and again in line 7")], ""),
    ("PS 14", "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\nspec: {a: 1, a: 2}\n", &[("duplicate-key", 4, "a", "set in line 4 and again in line 4")], ""),
    ("JSON objects have names", "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\n~: b\n", &[("key-not-text", 4, "~: b", "A key must be plain text")], "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\n\"~\": b\n"),
    ("JSON objects have names", "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\n? [a, b]\n: c\n", &[("key-not-text", 4, "[a, b]", "A key must be plain text")], ""),
    ("JSON objects have names", "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\nspec: {8080: a, 1.5: b, true: c}\n", &[], ""),
    ("YAML 1.2 tags", "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\na: !Ref b\n", &[("unknown-tag", 4, "b", "is a YAML tag")], ""),
    ("YAML 1.2 tags", "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\na: !important\nb: c\n", &[("unknown-tag", 4, "", "is a YAML tag")], "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\na: \"!important\"\nb: c\n"),
    ("YAML 1.2 tags", "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\na: !!str 8080\nb: !!int \"3\"\n", &[], ""),
    ("YAML 1.1 binary", "kind: Secret\napiVersion: v1\nmetadata: {name: a}\ndata:\n  a: !!binary aGVsbG8= # kept\n", &[("binary-tag", 5, "!!binary", "makes YAML decode")], "kind: Secret\napiVersion: v1\nmetadata: {name: a}\ndata:\n  a: aGVsbG8= # kept\n"),
    ("YAML 1.1 merge", "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\n<<: 3\n", &[("merge-key", 4, "3", "takes over the fields of a map")], ""),
    ("YAML 1.1 merge", "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\nbase: &b {c: 1, d: 2}\nuse:\n  <<: [*b]\n  d: 3\nlist: [*b, *b]\n", &[], ""),
    ("YAML 1.2 anchors", "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\na: &a [*a]\n", &[("recursive-anchor", 4, "*a]", "This anchor holds itself")], ""),
    // Characters.
    ("PS 14, typography", "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\nlist:\n– b\n— c\n", &[("look-alike-dash", 5, "–", "Elements of a list begin")], "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\nlist:\n- b\n- c\n"),
    ("PS 14, typography", "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\nlist:\n  • name: b\n    c: d\n  • name: e\n", &[("look-alike-dash", 5, "•", "Elements of a list begin")], "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\nlist:\n  - name: b\n    c: d\n  - name: e\n"),
    ("PS 14, typography", "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\nabout: one\n  – two\nwhat: |\n  – three\n", &[], ""),
    ("PS 14, typography", "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: b\n    args:\n    - —config=x\n    - –v\n", &[("look-alike-option", 9, "—config=x", "begins with a long dash"), ("look-alike-option", 10, "–v", "begins with a long dash")], "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: b\n    args:\n    - --config=x\n    - -v\n"),
    ("Unicode TR 39 confusables", "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\nsрec:\n  rерlicas: 1\n", &[("look-alike-letter", 4, "sрec", "knows only “spec”"), ("look-alike-letter", 5, "rерlicas", "knows only “replicas”")], "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\nspec:\n  replicas: 1\n"),
    ("Unicode TR 39 confusables", "kind: Роd\napiVersion: v1\nmetadata: {name: a}\n", &[("look-alike-letter", 1, "Роd", "knows only “Pod”")], "kind: Pod\napiVersion: v1\nmetadata: {name: a}\n"),
    ("Unicode full-width forms", "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\nｓpec:\n  replicas: ３\n  list: [a，b]\n  more: ［a］\n", &[("full-width", 4, "ｓpec", "Write spec."), ("full-width", 5, "３", "Write 3."), ("full-width", 6, "[a，b]", "Write [a, b]."), ("full-width", 7, "［a］", "Write [a].")], "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\nspec:\n  replicas: 3\n  list: [a, b]\n  more: [a]\n"),
    ("Unicode full-width forms", "kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: a\n  annotations: {about: 好，吗}\ndata:\n  a: ＡＢ\n", &[], ""),
    ("CVE-2021-42574", "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata:\n  a: b\u{202e}c\u{202c}\n", &[("bidi-character", 5, "\u{202e}", "Invisible characters turn")], "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata:\n  a: bc\n"),
    ("PS 14", "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\nspec:\n  a\u{ad}b: c\n", &[("invisible-character", 5, "\u{ad}", "1 invisible characters")], "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\nspec:\n  ab: c\n"),
    ("YAML 1.2 line breaks", "kind: Thing\r\napiVersion: example.org/v1\r\nmetadata: {name: a}\r\n", &[], ""),
    ("YAML 1.2 line breaks", "kind: Thing\rapiVersion: example.org/v1\rmetadata: {name: a}\r", &[], ""),
    ("PS 14", "kind: Thing\napiVersion: example.org/v1\nmetadata: {name: a}\nspec:\n  a:\n      b: 1\n      c:\n       - d\n  e: 2\n", &[], ""),
];

#[rustfmt::skip]
const FILES: &[Row] = &[
    ("kustomize Kustomization", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n", &[("kustomization", 1, "apiVersion: kustomize.config.k8s.io/v1beta1", "kubectl kustomize")], ""),
    ("kustomize Kustomization", "resources:\n- a.yaml\nnamePrefix: dev-\n", &[("kustomization", 1, "resources:", "kubectl kustomize")], ""),
    ("Flux Kustomization is an object", "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\n", &[], ""),
    ("Helm Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\ntype: application\n", &[("helm-chart", 1, "apiVersion: v2", "helm template")], ""),
    ("Helm values.yaml", "replicaCount: 1\nimage:\n  repository: nginx\n", &[("helm-values", 1, "replicaCount: 1", "values of a Helm chart")], ""),
    ("Helm values.yaml", "ingress:\n  enabled: false\n", &[("helm-values", 1, "ingress:", "values of a Helm chart")], ""),
    ("Helm template", "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}\n", &[("template", 4, "name: {{ .Release.Name }}", "Helm template")], ""),
    ("Helm template", "{{- if .Values.on }}\napiVersion: v1\nkind: Service\nmetadata:\n  name: {{ include \"web.name\" . }}\n{{- end }}\n", &[("template", 1, "{{- if .Values.on }}", "Helm template")], ""),
    ("Go template", "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ x }}\n", &[("template", 4, "name: {{ x }}", "{{ … }} is filled in by another tool")], ""),
    ("Jinja template", "apiVersion: v1\nkind: Service\n{% if x %}\nmetadata:\n  name: a\n{% endif %}\n", &[("template", 3, "{% if x %}", "{% … %} is filled in by another tool")], ""),
    ("Compose specification", "version: \"3\"\nservices:\n  web:\n    image: nginx\n    ports: [\"80:80\"]\n", &[("compose-file", 1, "version: \"3\"", "kompose convert")], ""),
    ("kubeconfig", "apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\nusers: []\n", &[("kubeconfig", 1, "apiVersion: v1", "holds credentials")], ""),
    ("v1 List", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap # kept\n  metadata:\n    name: a\n\n- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: 'b'\n  data:\n    c: |\n      d\nmetadata:\n  resourceVersion: \"\"\n", &[("list-of-objects", 3, "items", "holds 2 objects")], "apiVersion: v1\nkind: ConfigMap # kept\nmetadata:\n  name: a\n\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: 'b'\ndata:\n  c: |\n    d\n"),
    ("v1 List", "# top\napiVersion: v1\nkind: ConfigMapList\nitems:\n  # first\n  - kind: ConfigMap\n    apiVersion: v1\n    metadata: {name: a}\n", &[("list-of-objects", 4, "items", "holds one object")], "# top\n# first\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n"),
    ("v1 List", "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [\n  {\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"a\"}},\n  {\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"b\"}, \"data\": {\"c\": \"}]\"}}\n]}\n", &[("list-of-objects", 1, "\"items\"", "holds 2 objects")], "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"a\"}}\n---\n{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"b\"}, \"data\": {\"c\": \"}]\"}}\n"),
    ("v1 List", "apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: a}\n", &[("list-of-objects", 3, "items", "neither kind nor apiVersion")], ""),
    ("v1 List", "apiVersion: v1\nkind: List\nitems: []\n", &[("list-of-objects", 3, "items", "A List of no objects")], ""),
];

#[rustfmt::skip]
const OBJECTS: &[Row] = &[
    // Versions (deprecated API migration guide; `k8s.io/api` lifecycles).
    ("deprecation guide 1.22", "kind: Ingress\napiVersion: networking.k8s.io/v1beta1\nmetadata: {name: a}\n", &[("removed-version", 2, "networking.k8s.io/v1beta1", "since 1.22. Use networking.k8s.io/v1; some of its fields")], "kind: Ingress\napiVersion: networking.k8s.io/v1\nmetadata: {name: a}\n"),
    ("deprecation guide 1.25", "kind: PodDisruptionBudget\napiVersion: policy/v1beta1\nmetadata: {name: a}\n", &[("removed-version", 2, "policy/v1beta1", "since 1.25. Use policy/v1.")], "kind: PodDisruptionBudget\napiVersion: policy/v1\nmetadata: {name: a}\n"),
    ("deprecation guide 1.25", "kind: PodSecurityPolicy\napiVersion: policy/v1beta1\nmetadata: {name: a}\n", &[("removed-version", 2, "policy/v1beta1", "pod-security.kubernetes.io/enforce")], ""),
    ("deprecation guide 1.26", "kind: HorizontalPodAutoscaler\napiVersion: autoscaling/v2beta2\nmetadata: {name: a}\n", &[("removed-version", 2, "autoscaling/v2beta2", "since 1.26")], "kind: HorizontalPodAutoscaler\napiVersion: autoscaling/v2\nmetadata: {name: a}\n"),
    ("deprecation guide 1.32", "kind: FlowSchema\napiVersion: flowcontrol.apiserver.k8s.io/v1beta3\nmetadata: {name: a}\n", &[("removed-version", 2, "flowcontrol.apiserver.k8s.io/v1beta3", "since 1.32")], "kind: FlowSchema\napiVersion: flowcontrol.apiserver.k8s.io/v1\nmetadata: {name: a}\n"),
    ("k8s.io/api 0.37 lifecycle", "kind: VolumeAttributesClass\napiVersion: storage.k8s.io/v1beta1\nmetadata: {name: a}\n", &[("removed-version", 2, "storage.k8s.io/v1beta1", "since 1.37")], "kind: VolumeAttributesClass\napiVersion: storage.k8s.io/v1\nmetadata: {name: a}\n"),
    ("API reference", "kind: HorizontalPodAutoscaler\napiVersion: autoscaling/v1\nmetadata: {name: a}\n", &[], ""),
    ("API reference", "kind: Deployment\napiVersion: v1\nmetadata: {name: a}\n", &[("wrong-version", 2, "v1", "Use apps/v1")], "kind: Deployment\napiVersion: apps/v1\nmetadata: {name: a}\n"),
    ("API reference", "kind: Deployment\napiVersion: Apps/v1\nmetadata: {name: a}\n", &[("wrong-version", 2, "Apps/v1", "Use apps/v1")], "kind: Deployment\napiVersion: apps/v1\nmetadata: {name: a}\n"),
    ("API reference", "kind: Ingress\napiVersion: networking/v1\nmetadata: {name: a}\n", &[("wrong-version", 2, "networking/v1", "Use networking.k8s.io/v1")], "kind: Ingress\napiVersion: networking.k8s.io/v1\nmetadata: {name: a}\n"),
    ("API reference", "kind: StatefulSet\napiVersion: apps/v2\nmetadata: {name: a}\n", &[("wrong-version", 2, "apps/v2", "Use apps/v1")], "kind: StatefulSet\napiVersion: apps/v1\nmetadata: {name: a}\n"),
    ("other groups have such kinds", "kind: Ingress\napiVersion: networking.example.org/v1\nmetadata: {name: A_b}\n", &[], ""),
    // Names (`pkg/apis/*/validation`, PS 8.5).
    ("IsDNS1123Subdomain", "kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: My_Config\n", &[("invalid-name", 4, "My_Config", "cannot be called “My_Config”. Capital letters")], "kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: my-config\n"),
    ("IsDNS1123Label", "kind: Namespace\napiVersion: v1\nmetadata:\n  name: \"a.b\"\n", &[("invalid-name", 4, "\"a.b\"", "The character . is not allowed")], ""),
    ("IsDNS1123Subdomain", "kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: a.b\n", &[], ""),
    ("IsDNS1123Label", "kind: Service\napiVersion: v1\nmetadata: {name: a.b}\n", &[("invalid-name", 3, "a.b", "The character . is not allowed")], ""),
    ("RelaxedServiceNameValidation", "kind: Service\napiVersion: v1\nmetadata: {name: 9a}\n", &[("invalid-name", 3, "9a", "before 1.36")], ""),
    ("IsValidPathSegmentName", "kind: ClusterRole\napiVersion: rbac.authorization.k8s.io/v1\nmetadata: {name: \"system:a/b\"}\n", &[("invalid-name", 3, "\"system:a/b\"", "neither / nor %")], ""),
    ("IsValidPathSegmentName", "kind: ClusterRole\napiVersion: rbac.authorization.k8s.io/v1\nmetadata: {name: \"system:A_b\"}\n", &[], ""),
    ("batch validation", "kind: CronJob\napiVersion: batch/v1\nmetadata:\n  name: aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeefff\n", &[("invalid-name", 4, "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeefff", "53 characters; at most 52")], ""),
    ("kubernetes issue 64023", "kind: StatefulSet\napiVersion: apps/v1\nmetadata:\n  name: aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeefff\n", &[("long-name", 4, "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeefff", "cannot create its pods")], ""),
    ("IsDNS1123Label", "kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: a\n  namespace: Team A\n", &[("invalid-namespace", 5, "Team A", "No namespace can be called “Team A”")], "kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: a\n  namespace: team-a\n"),
    ("rest.BeforeCreate", "kind: StorageClass\napiVersion: storage.k8s.io/v1\nmetadata:\n  name: a\n  namespace: b # gone\nprovisioner: c\n", &[("cluster-scoped", 5, "namespace: b", "belongs to the whole cluster")], "kind: StorageClass\napiVersion: storage.k8s.io/v1\nmetadata:\n  name: a\nprovisioner: c\n"),
    ("rest.BeforeCreate", "kind: Namespace\napiVersion: v1\nmetadata: {name: a, namespace: b}\n", &[("cluster-scoped", 3, "namespace: b", "belongs to the whole cluster")], ""),
    // Labels and annotations (`IsQualifiedName`, `IsValidLabelValue`, PS 12.6).
    ("IsQualifiedName", "kind: Pod\napiVersion: v1\nmetadata:\n  name: a\n  labels: {b c: d, /e: f}\n", &[("label-key", 5, "b c", "cannot be the key of a label"), ("label-key", 5, "/e", "Nothing stands before the slash")], ""),
    ("IsValidLabelValue", "kind: Pod\napiVersion: v1\nmetadata:\n  name: a\n  labels: {b: \"c d\", e: f-}\n", &[("label-value", 5, "\"c d\"", "value of the label b"), ("label-value", 5, "f-", "begins and ends")], ""),
    ("IsQualifiedName", "kind: Pod\napiVersion: v1\nmetadata:\n  name: a\n  annotations: {Example.org/b: c d, e f: g}\n", &[("annotation-key", 5, "e f", "key of an annotation")], ""),
    ("IsValidLabelValue", "kind: Service\napiVersion: v1\nmetadata: {name: a}\nspec:\n  selector: {app: a b}\n", &[("label-value", 5, "a b", "value of the label app")], ""),
    // Text (PS 14, API reference).
    ("ObjectMeta.labels", "kind: Pod\napiVersion: v1\nmetadata:\n  name: a\n  namespace: 7\n  labels: {b: 1_000}\n  annotations: {c: 1.10, d: true}\n", &[("text-expected", 5, "7", "must be text"), ("text-expected", 6, "1_000", "must be text"), ("text-expected", 7, "1.10", "must be text"), ("text-expected", 7, "true", "must be text")], "kind: Pod\napiVersion: v1\nmetadata:\n  name: a\n  namespace: \"7\"\n  labels: {b: \"1_000\"}\n  annotations: {c: \"1.10\", d: \"true\"}\n"),
    ("EnvVar.value", "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  containers:\n  - name: 1\n    image: b\n    command: [sleep, 5]\n    env:\n    - {name: C, value: 8080}\n    - {name: D, value: 0x1F}\n  tolerations:\n  - {key: e, value: true}\n", &[("text-expected", 6, "1", "must be text"), ("text-expected", 8, "5", "must be text"), ("text-expected", 10, "8080", "must be text"), ("text-expected", 11, "0x1F", "must be text"), ("text-expected", 13, "true", "must be text")], "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  containers:\n  - name: \"1\"\n    image: b\n    command: [sleep, \"5\"]\n    env:\n    - {name: C, value: \"8080\"}\n    - {name: D, value: \"0x1F\"}\n  tolerations:\n  - {key: e, value: \"true\"}\n"),
    ("LabelSelectorRequirement.values", "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  affinity:\n    podAffinity:\n      requiredDuringSchedulingIgnoredDuringExecution:\n      - topologyKey: b\n        labelSelector:\n          matchExpressions:\n          - {key: c, operator: In, values: [1, yes]}\n", &[("text-expected", 11, "1", "must be text"), ("yaml-1-1-boolean", 11, "yes", "true or false")], "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  affinity:\n    podAffinity:\n      requiredDuringSchedulingIgnoredDuringExecution:\n      - topologyKey: b\n        labelSelector:\n          matchExpressions:\n          - {key: c, operator: In, values: [\"1\", \"yes\"]}\n"),
    ("PriorityClass.value is a number", "kind: PriorityClass\napiVersion: scheduling.k8s.io/v1\nmetadata: {name: a}\nvalue: 1000\n", &[], ""),
    // Quantities (`pkg/api/resource`).
    ("resource.Quantity", "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: b\n    resources:\n      limits: {cpu: \"1,5\", memory: 512MB}\n      requests: {cpu: 500 m, memory: '1 Gi'}\n", &[("quantity", 9, "\"1,5\"", "Write 1.5."), ("quantity", 9, "512MB", "Write 512M."), ("quantity", 10, "500 m", "Write 500m."), ("quantity", 10, "'1 Gi'", "Write 1Gi.")], "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: b\n    resources:\n      limits: {cpu: \"1.5\", memory: 512M}\n      requests: {cpu: 500m, memory: '1Gi'}\n"),
    ("resource.Quantity", "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: b\n    resources:\n      limits: {cpu: 2 cores, memory: 1GiB}\n      requests: {cpu: few, memory: -1Gi}\n", &[("quantity", 9, "2 cores", "Write 2."), ("quantity", 9, "1GiB", "Write 1Gi."), ("quantity", 10, "few", "Write a number"), ("quantity", 10, "-1Gi", "below 0")], "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: b\n    resources:\n      limits: {cpu: 2, memory: 1Gi}\n      requests: {cpu: few, memory: -1Gi}\n"),
    ("resource units", "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: b\n    resources:\n      limits: {cpu: 500M, memory: 128m}\n", &[("quantity-unit", 9, "500M", "small m: 500m"), ("quantity-unit", 9, "128m", "written 128Mi")], "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: b\n    resources:\n      limits: {cpu: 500m, memory: 128Mi}\n"),
    ("resource.Quantity", "kind: ResourceQuota\napiVersion: v1\nmetadata: {name: a}\nspec:\n  hard: {requests.memory: 1GB, pods: 10, requests.cpu: \"1\"}\n", &[("quantity", 5, "1GB", "Write 1G.")], "kind: ResourceQuota\napiVersion: v1\nmetadata: {name: a}\nspec:\n  hard: {requests.memory: 1G, pods: 10, requests.cpu: \"1\"}\n"),
    ("resource.Quantity", "kind: PersistentVolumeClaim\napiVersion: v1\nmetadata: {name: a}\nspec:\n  resources:\n    requests:\n      storage: 10gb\n", &[("quantity", 7, "10gb", "Write 10G.")], "kind: PersistentVolumeClaim\napiVersion: v1\nmetadata: {name: a}\nspec:\n  resources:\n    requests:\n      storage: 10G\n"),
    ("resource.Quantity", "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  volumes:\n  - name: b\n    emptyDir:\n      sizeLimit: 1,000Mi\n", &[("quantity", 8, "1,000Mi", "Write a number")], ""),
    // Seconds (API conventions, units).
    ("Probe.periodSeconds", "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  terminationGracePeriodSeconds: 1m30s\n  activeDeadlineSeconds: soon\n  containers:\n  - name: a\n    image: b\n    livenessProbe:\n      periodSeconds: \"10 seconds\"\n", &[("duration", 5, "1m30s", "Write 90 for 1m30s"), ("duration", 6, "soon", "Write a whole number"), ("duration", 11, "\"10 seconds\"", "Write 10 for 10 seconds")], "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  terminationGracePeriodSeconds: 90\n  activeDeadlineSeconds: soon\n  containers:\n  - name: a\n    image: b\n    livenessProbe:\n      periodSeconds: 10\n"),
    // Ports (RFC 6335, `IsValidPortNum`, `IsValidPortName`).
    ("IsValidPortNum", "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: b\n    ports:\n    - {containerPort: 70000, hostPort: 0}\n    - {containerPort: 0}\n", &[("port-range", 9, "70000", "There is no port 70000"), ("port-range", 10, "0", "There is no port 0")], ""),
    ("IsValidPortName", "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: b\n    ports:\n    - {name: Web_UI, containerPort: 80}\n    - {name: a-very-long-port, containerPort: 81}\n    - {name: \"8080\", containerPort: 82}\n", &[("port-name", 9, "Web_UI", "at most 15"), ("port-name", 10, "a-very-long-port", "at most 15"), ("port-name", 11, "\"8080\"", "at least one letter")], "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: b\n    ports:\n    - {name: web-ui, containerPort: 80}\n    - {name: a-very-long-port, containerPort: 81}\n    - {name: \"8080\", containerPort: 82}\n"),
    ("IntOrString", "kind: Service\napiVersion: v1\nmetadata: {name: a}\nspec:\n  ports:\n  - {name: a-very-long-port-name, port: 80, targetPort: \"8080\"}\n  - {port: 81, targetPort: Web, nodePort: 80}\n", &[("port-as-text", 6, "\"8080\"", "the name of a port"), ("port-name", 7, "Web", "No port can be called"), ("node-port-range", 7, "80", "30000 to 32767")], "kind: Service\napiVersion: v1\nmetadata: {name: a}\nspec:\n  ports:\n  - {name: a-very-long-port-name, port: 80, targetPort: 8080}\n  - {port: 81, targetPort: web, nodePort: 80}\n"),
    // What is inside of a pod.
    ("IsDNS1123Label", "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  containers:\n  - name: My_App\n    image: b\n  - {name: c, image: d}\n  - {name: c, image: e}\n", &[("part-name", 6, "My_App", "Nothing inside a pod can be called"), ("container-twice", 9, "c", "Two containers")], "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  containers:\n  - name: my-app\n    image: b\n  - {name: c, image: d}\n  - {name: c, image: e}\n"),
    ("IsDNS1123Label", "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  volumes:\n  - {name: My_Vol, emptyDir: {}}\n  containers:\n  - name: a\n    image: b\n    volumeMounts: [{name: My_Vol, mountPath: /c}]\n", &[("part-name", 6, "My_Vol", "Nothing inside a pod can be called")], ""),
    ("distribution reference", "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  containers:\n  - {name: a, image: \"https://x.org/b\"}\n  - {name: b, image: \"Nginx:1\"}\n", &[("image", 6, "\"https://x.org/b\"", "no https://"), ("image", 7, "\"Nginx:1\"", "Write nginx")], ""),
    // Selectors (`pkg/apis/apps/validation`).
    ("apps validation", "kind: Deployment\napiVersion: apps/v1\nmetadata:\n  name: a\nspec:\n  template:\n    metadata:\n      labels:\n        app: web # kept\n        tier: \"1\"\n", &[("missing-selector", 6, "template", "The selector is missing")], "kind: Deployment\napiVersion: apps/v1\nmetadata:\n  name: a\nspec:\n  selector:\n    matchLabels:\n      app: web\n      tier: \"1\"\n  template:\n    metadata:\n      labels:\n        app: web # kept\n        tier: \"1\"\n"),
    ("apps validation", "kind: DaemonSet\napiVersion: apps/v1\nmetadata: {name: a}\nspec:\n  template:\n    spec: {}\n", &[("missing-selector", 5, "template", "a DaemonSet finds its pods")], ""),
    ("apps validation", "kind: Deployment\napiVersion: apps/v1\nmetadata:\n  name: a\nspec:\n  selector:\n    matchLabels: {app: web}\n  template:\n    spec:\n      containers: []\n", &[("missing-template-labels", 8, "template", "carry no labels")], "kind: Deployment\napiVersion: apps/v1\nmetadata:\n  name: a\nspec:\n  selector:\n    matchLabels: {app: web}\n  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      containers: []\n"),
    ("apps validation", "kind: StatefulSet\napiVersion: apps/v1\nmetadata:\n  name: a\nspec:\n  selector:\n    matchLabels:\n      app: web\n  template:\n    metadata:\n      annotations: {b: c}\n", &[("missing-template-labels", 10, "metadata", "the StatefulSet would not find them")], "kind: StatefulSet\napiVersion: apps/v1\nmetadata:\n  name: a\nspec:\n  selector:\n    matchLabels:\n      app: web\n  template:\n    metadata:\n      labels:\n        app: web\n      annotations: {b: c}\n"),
    ("apps validation", "kind: Deployment\napiVersion: apps/v1\nmetadata:\n  name: a\nspec:\n  selector:\n    matchLabels:\n      app: web\n      tier: front\n  template:\n    metadata:\n      labels:\n        app: Web\n", &[("selector-mismatch", 8, "app: web", "carry app: Web"), ("selector-mismatch", 9, "tier: front", "do not carry: tier: front.")], "kind: Deployment\napiVersion: apps/v1\nmetadata:\n  name: a\nspec:\n  selector:\n    matchLabels:\n      app: web\n      tier: front\n  template:\n    metadata:\n      labels:\n        tier: front\n        app: web\n"),
    ("apps validation", "kind: Deployment\napiVersion: apps/v1\nmetadata: {name: a}\nspec: {selector: {matchLabels: {app: b}}, template: {metadata: {labels: {app: b, c: d}}}}\n", &[], ""),
];

#[test]
fn every_defect_has_its_place_its_sentence_and_its_repair() {
    let mut wrong = Vec::new();
    for (source, text, expected, becomes) in YAML.iter().chain(FILES).chain(OBJECTS) {
        let diagnosis = doctor::diagnose(text);
        let units: Vec<u16> = text.encode_utf16().collect();
        let found: Vec<(&str, u32, String, String)> = diagnosis
            .findings
            .iter()
            .map(|f| {
                let words = String::from_utf16_lossy(&units[f.range.start as usize..f.range.end as usize]);
                (f.code.as_str(), f.range.line, words, f.text.render(Lang::En))
            })
            .collect();
        let same = found.len() == expected.len()
            && found.iter().zip(*expected).all(|(found, expected)| {
                (found.0, found.1, &*found.2) == (expected.0, expected.1, expected.2)
                    && found.3.contains(expected.3)
            });
        let (mended, _) = doctor::repair_all(text);
        let meant = if becomes.is_empty() { text } else { becomes };
        if !same || mended != *meant || doctor::repair_all(&mended).0 != mended {
            wrong.push(format!("{source}:\n{text}\nfound {found:#?}\nmended:\n{mended}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n=====\n"));
    println!("rows: {} (paste doctor: YAML)", YAML.len());
    println!("rows: {} (paste doctor: files of other tools)", FILES.len());
    println!("rows: {} (paste doctor: Kubernetes' rules)", OBJECTS.len());
}

#[test]
fn what_is_refused_for_certain_keeps_the_text_from_being_sent() {
    // What a cluster may accept, or what Kubernetes reads as it stands.
    let accepted = BTreeSet::from([
        "bidi-character",
        "cluster-scoped",
        "full-width",
        "long-name",
        "look-alike-option",
        "mode-decimal",
        "node-port-range",
        "octal-number",
        "quantity-unit",
        "yaml-1-1-boolean",
        "yaml-1-1-sexagesimal",
    ]);
    for (_, text, _, _) in YAML.iter().chain(FILES).chain(OBJECTS) {
        for finding in doctor::diagnose(text).findings {
            let may = accepted.contains(&*finding.code)
                || finding.text.render(Lang::En).contains("before 1.36")
                || finding.text.render(Lang::En).contains("since 1.37");
            assert!(finding.severity == Severity::Error || may, "{}: {text}", finding.code);
        }
    }
}

#[test]
fn every_sentence_is_whole_in_both_languages() {
    for (_, text, _, _) in YAML.iter().chain(FILES).chain(OBJECTS) {
        for finding in doctor::diagnose(text).findings {
            let (english, chinese) = (finding.text.render(Lang::En), finding.text.render(Lang::Zh));
            for said in [&english, &chinese] {
                assert!(!said.contains("{0}") && !said.contains("“”") && !said.ends_with(' '), "{said}");
            }
            assert!(english.ends_with(['.', ')']) && chinese.ends_with(['。', '）']), "{english} {chinese}");
            assert_ne!(english, chinese);
        }
    }
}
